//! The dependencies of the crates. The coordinator has none, so that any runtime can use it. The machine takes
//! its atomics and locks from the coordinator.
#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use std::process::Command;

/// The names of the packages that a crate depends on in its default form, itself among them.
fn packages(of: &str) -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--locked", "--prefix", "none", "--no-dedupe", "--package", of]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let name = |line: &str| line.split(' ').next().expect("a name").to_owned();
    text.lines().filter(|line| !line.is_empty()).map(name).collect()
}

#[test]
fn the_coordinator_depends_on_nothing() {
    assert_eq!(packages("safepoint"), ["safepoint"]);
}

#[test]
fn only_the_lab_depends_on_crates_for_the_command_line_and_the_browser() {
    for of in ["safepoint-bytecode", "safepoint-language", "safepoint-machine"] {
        let all = packages(of);
        for foreign in ["clap", "wasm-bindgen", "safepoint-lab"] {
            assert!(!all.iter().any(|name| name == foreign), "{of} depends on {foreign}");
        }
    }
}

/// Every line of the Rust files below a folder, with its place.
fn lines(folder: &Path) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            lines.extend(self::lines(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("text");
            let place = |index| format!("{}:{}", path.display(), index + 1);
            lines.extend(
                text.lines().enumerate().map(|(index, line)| (place(index), line.to_owned())),
            );
        }
    }
    lines
}

#[test]
fn the_machine_takes_atomics_and_locks_from_the_one_door() {
    let machine = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/machine/src");
    let lines = lines(&machine);
    assert!(lines.iter().any(|(_, line)| line.starts_with("use safepoint::sync::")));
    for (place, line) in lines {
        for other in ["std::sync::atomic", "core::sync::atomic", "PoisonError"] {
            assert!(!line.contains(other), "{place}: {other}; take it from safepoint::sync");
        }
    }
}
