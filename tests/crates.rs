//! The dependencies of the crates. The coordinator has none, so that any runtime can use it.
#![cfg(not(target_arch = "wasm32"))]

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
