//! How a run ends that does not end by itself, and what the command line says then.

use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::support::{
    LIMIT, NEVER_POLLS, file, finish, first_line, folder, lab, lab_with_input, printed, said,
    start, text,
};

/// Polls, and never ends.
const ENDLESS: &[u8] = b".func main\n const \"ready\"\n print\nagain:\n jmp again\n";

#[test]
fn a_worker_that_never_polls_does_not_keep_the_command_line_from_ending() {
    let folder = folder("never-polls");
    let (trace, snapshot) = (folder.join("trace.json"), folder.join("never.snapshot"));
    let at = format!("100ms={}", text(&snapshot));
    let arguments = ["run", "-", "--gc-every", "20ms", "--stop-after", "300ms", "--stats"];
    let files = ["--trace", text(&trace), "--snapshot-at", &at];
    let output = lab_with_input(&[&arguments[..], &files].concat(), NEVER_POLLS);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert_eq!(printed(&output), "ready\n");
    let said = said(&output);
    assert!(said.contains("stopped after 300ms, as --stop-after says"), "{said}");
    assert!(said.contains(" instructions in "), "{said}");
    assert!(said.contains("never.snapshot was not written: "), "{said}");
    assert!(!snapshot.exists());
    let trace = std::fs::read_to_string(trace).expect("the trace");
    serde_json::from_str::<serde_json::Value>(&trace).expect("JSON");
}

#[test]
fn a_blocked_worker_does_not_keep_the_command_line_from_ending() {
    let source = b".func main\n const 7\n print\n const 1000000\n stall\n const 1\n ret\n";
    let arguments = ["run", "-", "--workers", "2", "--gc-every", "50ms", "--stop-after", "200ms"];
    let output = lab_with_input(&arguments, source);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert_eq!(printed(&output), "7\n");
    assert!(said.contains("stopped after 200ms"), "{said}");
}

#[cfg(unix)]
fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([name, &process.to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_in_good_order() {
    let folder = folder("signals");
    for (name, code, program) in
        [("-INT", 130, ENDLESS), ("-TERM", 143, ENDLESS), ("-INT", 130, NEVER_POLLS)]
    {
        let trace = folder.join("trace.json");
        let arguments = ["run", "-", "--gc-every", "10ms", "--trace", text(&trace), "--stats"];
        let mut child = start(&arguments, program);
        assert_eq!(first_line(&mut child), "ready");
        signal(name, child.id());
        let output = finish(child);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(&format!("stopped by SIG{}", &name[1..])), "{said}");
        assert!(said.contains(" instructions in "), "{said}");
        std::fs::remove_file(&trace).expect("the trace was written");
    }
}

/// The end of the run waits for a pipe without a reader, so only a second signal ends the process.
#[cfg(unix)]
#[test]
fn a_second_signal_ends_a_run_at_once() {
    let source = b".func main\nagain:\n const \"a line that fills the pipe sooner or later\"\n print\n jmp again\n";
    let mut child = start(&["run", "-"], source);
    first_line(&mut child);
    // The end of the process closes this pipe. Until `wait` is called, no other process gets its
    // number.
    let mut errors = child.stderr.take().expect("a pipe");
    let (tell, ended) = channel::<()>();
    let reader = std::thread::spawn(move || {
        let _ = std::io::copy(&mut errors, &mut std::io::sink());
        drop(tell);
    });
    let begun = Instant::now();
    // Two signals that wait to be handled at the same time count as one: more are sent until the
    // process has ended.
    loop {
        signal("-INT", child.id());
        match ended.recv_timeout(Duration::from_millis(10)) {
            Err(RecvTimeoutError::Timeout) if begun.elapsed() < LIMIT => {}
            Err(RecvTimeoutError::Disconnected) => break,
            _ => {
                let _ = child.kill();
                panic!("it did not end");
            }
        }
    }
    reader.join().expect("no panic");
    let status = child.wait().expect("it was started");
    assert_eq!(status.code(), Some(130));
}

#[test]
fn the_result_of_main_is_printed_when_other_tasks_run_on() {
    let source = b".func spin\nagain:\n jmp again\n.func bad\n const 1\n const 0\n div\n ret\n.func main\n spawn spin\n pop\n spawn bad\n pop\n const 7\n ret\n";
    let output = lab_with_input(&["run", "-", "--stop-after", "300ms"], source);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("result: 7\n"), "{said}");
    assert!(said.contains("the program's other tasks were stopped after 300ms"), "{said}");
    assert!(said.contains("division by zero"), "{said}");
}

#[test]
fn traps_of_other_tasks_are_reported_at_every_end_of_a_run() {
    let bad = ".func bad\n const 1\n const 0\n div\n ret\n.func main\n spawn bad\n pop\n const 50\n sleep\n";
    for (rest, code) in [(" const 7\n ret\n", 0), (" trap \"enough\"\n", 1)] {
        let output = lab_with_input(&["run", "-"], format!("{bad}{rest}").as_bytes());
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(said(&output).contains("division by zero"), "{}", said(&output));
    }
}

#[test]
fn a_pause_that_takes_too_long_is_given_up() {
    let arguments = ["run", "-", "--gc-every", "20ms", "--pause-deadline", "10ms"];
    let stop = ["--stop-after", "500ms"];
    let output = lab_with_input(&[&arguments[..], &stop].concat(), NEVER_POLLS);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("Given up after"), "{said}");
    assert!(said.contains("the workers run on"), "{said}");
    // Reported when their number has doubled, not each time.
    assert!(said.matches("Given up").count() < 8, "{said}");
}

/// More output at once than the machine keeps for a page.
#[test]
fn much_output_is_printed_completely() {
    let source = b".func main\n.local s n\n const \"x\"\n store s\n const 19\n store n\nagain:\n load s\n load s\n concat\n store s\n load n\n const 1\n sub\n store n\n load n\n const 0\n gt\n jt again\n load s\n print\n const 7\n ret\n";
    let output = lab_with_input(&["run", "-"], source);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(output.stdout.len(), (1 << 19) + 1);
}

#[test]
fn a_program_is_stopped_when_standard_output_is_closed_and_its_files_are_written() {
    let folder = folder("closed");
    let trace = folder.join("trace.json");
    let source = b".func main\nagain:\n const \"line\"\n print\n jmp again\n";
    let mut child = start(&["run", "-", "--trace", text(&trace)], source);
    assert_eq!(first_line(&mut child), "line");
    drop(child.stdout.take());
    let output = finish(child);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("standard output is closed"), "{said}");
    assert!(trace.exists());
    // Commands that only print say so, too.
    let source = file(
        &folder,
        "long.sasm",
        (".func main\n".to_owned() + &" nop\n".repeat(50_000) + " const 1\n ret\n").as_bytes(),
    );
    let mut child = start(&["disasm", text(&source)], b"");
    first_line(&mut child);
    drop(child.stdout.take());
    let output = finish(child);
    assert_eq!(output.status.code(), Some(3));
    assert!(lab(&["verify", text(&source)]).status.success());
}
