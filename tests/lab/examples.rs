//! With a collection at every allocation, the page's examples that end have the same result on one
//! worker and on four as without, and endless examples go on.

use std::path::Path;
use std::time::Duration;

use crate::machine::{Ran, module, start};
use ::machine::vm::Ended;

struct Example {
    name: String,
    source: String,
    endless: bool,
}

fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/examples");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of examples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| !path.to_string_lossy().ends_with(".d.ts"))
        .collect();
    paths.sort();
    let examples: Vec<Example> = paths
        .into_iter()
        .map(|path| {
            let source = std::fs::read_to_string(&path).expect("a program");
            let endless = source.lines().any(|line| line.trim().ends_with(" endless: yes"));
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            Example { name, source, endless }
        })
        .collect();
    assert!(examples.iter().filter(|example| !example.endless).count() >= 4);
    examples
}

/// The parts of the outcome that must not depend on the order of tasks: how the program ended, and
/// the printed lines, sorted.
fn essence(ran: &Ran) -> (Ended, Option<String>, Option<&str>, Vec<&str>) {
    let mut lines: Vec<&str> = ran.output.lines().collect();
    lines.sort_unstable();
    let trap = ran.outcome.trap.as_ref().map(|trap| trap.message.split(':').next().unwrap_or(""));
    (ran.outcome.ended, ran.outcome.result.clone(), trap, lines)
}

#[test]
fn examples_that_end_have_the_same_result_under_collections() {
    for example in examples().iter().filter(|example| !example.endless) {
        let module = module(&example.source);
        let plain = start(&module, 1, |_| {}).finish();
        for workers in [1, 4] {
            let ran = start(&module, workers, |config| config.gc_stress = true).finish();
            assert_eq!(essence(&ran), essence(&plain), "{} on {workers} workers", example.name);
        }
    }
}

#[test]
fn endless_examples_go_on_under_collections() {
    for example in examples().iter().filter(|example| example.endless) {
        for workers in [1, 4] {
            let running = start(&module(&example.source), workers, |config| {
                config.gc_stress = true;
                config.slice = Duration::from_millis(1);
            });
            for more in [1, 2] {
                let before: u64 = running.instructions().iter().sum();
                running.wait_for(&format!("{}, part {more}", example.name), |machine| {
                    assert_eq!(machine.outcome(), None, "{} ended", example.name);
                    running.instructions().iter().sum::<u64>() > before
                });
            }
            assert_eq!(running.stop().outcome.ended, Ended::Stopped, "{}", example.name);
        }
    }
}
