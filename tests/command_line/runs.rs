//! The command line as a user in a shell sees it: output, messages, exit codes, files.

use std::path::Path;
use std::process::Output;

use crate::support::{folder, lab, lab_with_input, program, said, text};
use ::machine::snapshot::describe;

#[test]
fn a_program_prints_and_ends_well() {
    let output = lab(&["run", text(&program("strings.sasm")), "--workers", "2", "--stats"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let expected = std::fs::read_to_string(program("strings.out")).expect("its output");
    let (lines, result) = expected.trim_end().rsplit_once('\n').expect("lines and a result");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), lines);
    let result = result.strip_prefix("= ").expect("a result");
    assert!(said(&output).contains(&format!("result: {result}")), "{}", said(&output));
    assert!(said(&output).contains(" instructions"), "{}", said(&output));
}

/// The printed lines, sorted: their order depends on when each task ran.
fn lines(output: &Output) -> Vec<String> {
    let mut lines: Vec<_> =
        String::from_utf8_lossy(&output.stdout).lines().map(String::from).collect();
    lines.sort();
    lines
}

#[test]
fn the_page_s_examples_end_the_same_with_collections_and_without() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/examples");
    let mut ended = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of examples") {
        let path = entry.expect("an entry").path();
        if path.to_string_lossy().ends_with(".d.ts") {
            continue;
        }
        let endless = std::fs::read_to_string(&path).expect("a program").contains(" endless: yes");
        let arguments = ["run", text(&path), "--workers"];
        if endless {
            let stop = ["4", "--gc-every", "5ms", "--stop-after", "100ms"];
            let output = lab(&[&arguments[..], &stop].concat());
            assert_eq!(output.status.code(), Some(3), "{path:?}: {}", said(&output));
            continue;
        }
        let plain = lab(&[&arguments[..], &["1"]].concat());
        let collected = lab(&[&arguments[..], &["4", "--gc-every", "1ms"]].concat());
        assert_eq!(plain.status.code(), collected.status.code(), "{path:?}: {}", said(&collected));
        assert_eq!(lines(&plain), lines(&collected), "{path:?}");
        ended += 1;
    }
    assert!(ended >= 4, "only {ended} examples end");
}

#[test]
fn a_trap_and_a_deadlock_are_exit_code_1() {
    let output = lab(&["run", text(&program("trap-div-by-zero.sasm"))]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("division by zero"), "{}", said(&output));
    let output = lab(&["run", text(&program("trap-deadlock.sasm"))]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).starts_with("deadlock, every task waits"), "{}", said(&output));
}

#[test]
fn faults_are_shown_in_their_line() {
    let source = b".func main\n    const 1\n    frobnicate\n    ret\n";
    let output = lab_with_input(&["verify", "-"], source);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(said.starts_with("standard input:3:5: "), "{said}");
    assert!(said.contains(" 3 |     frobnicate\n   |     ^^^^^^^^^^\n"), "{said}");
}

#[test]
fn input_that_cannot_be_used_is_exit_code_2() {
    let missing = lab(&["run", "there-is-no-such-file"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(said(&missing).contains("cannot be read"), "{}", said(&missing));
    for wrong in [
        &["run"][..],
        &["frobnicate"],
        &["run", "-", "--gc-every", "soon"],
        &["run", "-", "--snapshot-at", "50ms"],
    ] {
        assert_eq!(lab(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let source = b".func main\n const 1\n ret\n";
    for wrong in [["--workers", "0"], ["--workers", "129"], ["--heap", "1KiB"]] {
        let output = lab_with_input(&[&["run", "-"][..], &wrong].concat(), source);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(said(&output).contains("not possible; choose"), "{}", said(&output));
    }
    let output = lab_with_input(&["resume", "-"], b"no snapshot at all");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("is not a snapshot but text"), "{}", said(&output));
}

#[test]
fn text_becomes_a_module_and_text_again() {
    let folder = folder("asm");
    let module = folder.join("quicksort.module");
    let output = lab(&["asm", text(&program("quicksort.sasm")), "-o", text(&module)]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let disassembled = lab(&["disasm", text(&module)]);
    assert_eq!(disassembled.status.code(), Some(0), "{}", said(&disassembled));
    let ran = lab_with_input(&["run", "-"], &disassembled.stdout);
    assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    assert_eq!(ran.stdout, lab(&["run", text(&module)]).stdout);
    assert!(lab(&["verify", text(&module)]).status.success());
}

#[test]
fn a_program_goes_on_from_its_snapshot() {
    let folder = folder("snapshot");
    let (file, trace) = (folder.join("sleep.snapshot"), folder.join("sleep.json"));
    let source = b".func main\n const \"before\"\n print\n const 300\n sleep\n const \"after\"\n print\n const 7\n ret\n";
    let at = format!("100ms={}", text(&file));
    let arguments = ["run", "-", "--snapshot-at", &at, "--gc-every", "20ms", "--trace"];
    let output = lab_with_input(&[&arguments[..], &[text(&trace)]].concat(), source);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let description = describe(&std::fs::read(&file).expect("the snapshot")).expect("readable");
    assert_eq!((description.output.as_str(), description.tasks[0].state), ("before\n", "sleeping"));
    let resumed = lab(&["resume", text(&file), "--workers", "3"]);
    assert_eq!(resumed.status.code(), Some(0), "{}", said(&resumed));
    assert_eq!(resumed.stdout, output.stdout);
    assert!(said(&resumed).contains("result: 7"), "{}", said(&resumed));
    assert!(lab(&["describe", text(&file)]).status.success());

    // The fields that the Trace Event format requires.
    let trace = std::fs::read_to_string(trace).expect("the trace");
    let trace: serde_json::Value = serde_json::from_str(&trace).expect("JSON");
    let events = trace["traceEvents"].as_array().expect("events");
    for event in events {
        assert!(event["name"].is_string() && event["pid"].is_u64() && event["tid"].is_u64());
        match event["ph"].as_str() {
            Some("M") => assert!(event["args"]["name"].is_string(), "{event}"),
            Some("X") => assert!(event["ts"].is_f64() && event["dur"].is_f64(), "{event}"),
            other => panic!("an event of kind {other:?}"),
        }
    }
    let named = |name: &str| events.iter().filter(|event| event["name"] == name).count();
    assert!(named("gc") > 3 && named("snapshot") == 1, "{} and {}", named("gc"), named("snapshot"));
}

#[test]
fn a_snapshot_that_was_not_taken_and_a_stop_are_exit_code_3() {
    let at = format!("1min={}", text(&folder("late").join("late.snapshot")));
    let source = b".func main\n const 1\n ret\n";
    let output = lab_with_input(&["run", "-", "--snapshot-at", &at], source);
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output).contains("had ended by then"), "{}", said(&output));
    let endless = b".func main\nagain:\n jmp again\n";
    let output = lab_with_input(&["run", "-", "--stop-after", "50ms"], endless);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
}

#[test]
fn a_trace_names_the_tasks_that_each_worker_ran() {
    let trace = folder("tasks").join("trace.json");
    let file = program("tasks-of-tasks.sasm");
    let arguments = ["run", text(&file), "--workers", "2", "--gc-helpers", "0", "--trace"];
    let output = lab(&[&arguments[..], &[text(&trace)]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let trace = std::fs::read_to_string(trace).expect("the trace");
    let trace: serde_json::Value = serde_json::from_str(&trace).expect("JSON");
    let events = trace["traceEvents"].as_array().expect("events");
    let slices: Vec<_> = events.iter().filter(|event| event["args"]["task"].is_u64()).collect();
    assert!(slices.iter().any(|slice| slice["name"] == "main, task 1"), "{slices:?}");
    assert!(slices.iter().any(|slice| slice["args"]["task"].as_u64() > Some(1)), "{slices:?}");
    // Workers have the rows after that of the pauses, and run one task at a time.
    for row in [1, 2] {
        let mut of_row: Vec<(f64, f64)> = slices
            .iter()
            .filter(|slice| slice["tid"] == row)
            .map(|slice| {
                (slice["ts"].as_f64().expect("a time"), slice["dur"].as_f64().expect("one"))
            })
            .collect();
        of_row.sort_by(|a, b| a.0.total_cmp(&b.0));
        for pair in of_row.windows(2) {
            // Microseconds with fractions: sums are not exact.
            assert!(pair[0].0 + pair[0].1 <= pair[1].0 + 0.01, "{pair:?} overlap");
        }
    }
}

#[test]
fn the_option_for_helpers_takes_a_number() {
    let source = b".func main\n const 1\n ret\n";
    let output = lab_with_input(&["run", "-", "--gc-helpers", "3"], source);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(lab(&["run", "-", "--gc-helpers", "some"]).status.code(), Some(2));
}
