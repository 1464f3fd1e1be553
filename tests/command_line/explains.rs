//! What the command line says about pauses: while a request waits, at the end, and in a report.

use crate::support::{NEVER_POLLS, folder, lab_with_input, printed, program, said, text};
use serde_json::Value;

/// The parts of a pause, which add up to its total.
const PARTS: [&str; 7] = ["queue", "ttsp", "noticing", "operation", "held", "release", "resuming"];

/// Collects while it runs, prints, and returns.
const ENDS: &[u8] = b".func main\n.local i\n const 0\n store i\nagain:\n load i\n const 1\n add\n store i\n const 5\n sleep\n load i\n const 100\n lt\n jt again\n const \"done\"\n print\n const 7\n ret\n";

#[test]
fn a_request_that_waits_is_reported_with_the_awaited_workers() {
    // Both workers run long before the first request, also on a busy machine.
    let arguments = ["run", "-", "--gc-every", "1s", "--warn-after", "50ms", "--workers", "2"];
    let stop = ["--stop-after", "3s"];
    let output = lab_with_input(&[&arguments[..], &stop].concat(), NEVER_POLLS);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("a pause (gc, requested by command line) has waited "), "{said}");
    assert!(said.contains(" for worker 0"), "{said}");
    assert!(said.contains("; for worker 1"), "{said}");
    // At 50, 100, 200, 400, 800, 1600 ms: each time after twice as long.
    assert!((1..8).contains(&said.matches("has waited").count()), "{said}");
}

#[test]
fn pauses_are_explained_on_request() {
    let arguments = ["run", "-", "--gc-every", "10ms", "--workers", "2"];
    let quiet = lab_with_input(&arguments, ENDS);
    assert_eq!(said(&quiet), "result: 7\n");
    let output = lab_with_input(&[&arguments[..], &["--explain"]].concat(), ENDS);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.starts_with("the "), "{said}");
    assert!(said.contains(" longest of "), "{said}");
    assert!(said.contains("gc "), "{said}");
    assert!(said.contains("the world stood still for "), "{said}");
    assert!(said.ends_with("result: 7\n"), "{said}");
    assert_eq!(printed(&output), "done\n");
    // Without a pause there is nothing to explain.
    let none = lab_with_input(&["run", "-", "--explain"], ENDS);
    assert_eq!(crate::support::said(&none), "result: 7\n");
    let both = lab_with_input(&["run", "-", "--explain", "--no-explain"], ENDS);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn figures_say_for_how_much_of_its_time_the_program_ran() {
    let arguments = ["run", "-", "--gc-every", "10ms", "--workers", "2", "--stats"];
    let output = lab_with_input(&arguments, ENDS);
    let said = said(&output);
    assert!(said.contains("stood still: gc "), "{said}");
    assert!(said.contains("least share of a window that the program had: 1.00 ms "), "{said}");
}

fn report(arguments: &[&str], input: &[u8], name: &str) -> (Value, Option<i32>) {
    let file = folder(name).join("report.json");
    let arguments = [&["run", "-", "--report", text(&file)], arguments].concat();
    let output = lab_with_input(&arguments, input);
    let report = std::fs::read_to_string(file).unwrap_or_else(|error| {
        panic!("no report ({error}): {}", said(&output));
    });
    (serde_json::from_str(&report).expect("JSON"), output.status.code())
}

#[test]
fn a_report_has_every_pause_with_its_parts() {
    let (report, code) = report(&["--gc-every", "10ms", "--workers", "2"], ENDS, "report");
    assert_eq!(code, Some(0));
    assert_eq!(report["format"], "safepoint-lab report");
    assert_eq!(report["version"], 1);
    assert_eq!((&report["result"], &report["output"]), (&"7".into(), &"done\n".into()));
    assert_eq!((&report["ended"], &report["trap"]), (&"finished".into(), &Value::Null));
    assert_eq!(report["workers"], 2);
    assert!(report["totals"]["run"].as_f64() > Some(0.0), "{}", report["totals"]);
    let pauses = report["pauses"].as_array().expect("pauses");
    assert!(pauses.len() > 2, "{report}");
    for pause in pauses {
        let part = |name: &&str| pause[*name].as_f64();
        assert_eq!(pause["ended"], "completed");
        let sum: f64 = PARTS.iter().filter_map(part).sum();
        let total = pause["total"].as_f64().expect("a total");
        assert!((sum - total).abs() < 1.0, "{sum} and {total}: {pause}");
        assert!(pause["sentence"].as_str().is_some_and(|it| !it.is_empty()), "{pause}");
        assert!(pause["causes"].is_array() && pause["arrivals"].is_array(), "{pause}");
    }
    // Every field is documented.
    let documented = include_str!("../../docs/report-format.md");
    for field in report.as_object().expect("an object").keys() {
        assert!(documented.contains(&format!("`{field}`")), "{field} is not documented");
    }
    for field in pauses[0].as_object().expect("an object").keys() {
        assert!(documented.contains(&format!("`{field}`")), "{field} is not documented");
    }
}

#[test]
fn a_report_is_written_at_every_end_of_a_run() {
    let spin = ["--gc-every", "20ms", "--stop-after", "300ms", "--workers", "2"];
    let (stopped, code) = report(&spin, NEVER_POLLS, "report-stopped");
    assert_eq!((code, &stopped["ended"]), (Some(3), &"stopped".into()));
    assert_eq!(
        (&stopped["stoppedBy"], &stopped["output"]),
        (&"stop-after".into(), &"ready\n".into())
    );
    // The request that was taken back has a record.
    let pauses = stopped["pauses"].as_array().expect("pauses");
    let given_up = pauses.iter().find(|pause| pause["ended"] == "cancelled");
    let given_up = given_up.unwrap_or_else(|| panic!("no pause was taken back: {stopped}"));
    assert!(given_up["operation"].is_null() && given_up["ttsp"].as_f64() > Some(0.0));

    let source = std::fs::read(program("trap-div-by-zero.sasm")).expect("the program");
    let (trapped, code) = report(&[], &source, "report-trapped");
    assert_eq!(
        (code, &trapped["ended"], &trapped["result"]),
        (Some(1), &"trapped".into(), &Value::Null)
    );
    let trap = trapped["trap"]["message"].as_str().expect("a message");
    assert!(trap.contains("division by zero"), "{trap}");
}
