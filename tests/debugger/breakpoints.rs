//! Breakpoints, in the machine itself: which worker stops the world, where and why.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use crate::machine::{LIMIT, Running, module, start};
use ::machine::vm::{
    Breakpoint, BreakpointError, BreakpointPlace, BreakpointRequest, DebugSink, Halt, HaltReason,
    MachineConfig,
};
use safepoint::{StopReason, StoppedWorld};

type Stop = (StoppedWorld<'static>, Halt);

/// Sends every stop to the test.
struct Stops(Mutex<Sender<Stop>>);

impl DebugSink for Stops {
    fn halted(&self, stopped: StoppedWorld<'static>, halt: Halt) {
        // After the end of a test there is no receiver, and the world is released.
        let _ = self.0.lock().expect("no panic").send((stopped, halt));
    }
}

fn stops(config: &mut MachineConfig) -> Receiver<Stop> {
    let (send, receive) = channel();
    config.debugger = Some(Arc::new(Stops(Mutex::new(send))));
    receive
}

const COUNT: &str = "
.module \"count\"
.global total
.func count (to)
.local i
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    load i
    load to
    lt
    jt again
    load i
    ret
.func main ()
.local a
    const 100
    spawn count
    store a
    const 100
    call count
    load a
    await
    add
    ret
";

/// Line of `add` in `count`.
const ADD: u32 = 11;

fn run_with(
    source: &str,
    workers: usize,
    breakpoints: &[BreakpointRequest],
) -> (Running, Receiver<Stop>) {
    let module = module(source);
    let mut receive = None;
    let running = start(&module, workers, |config| {
        receive = Some(stops(config));
        config.breakpoints = breakpoints
            .iter()
            .map(|request| Breakpoint::new(&module, request.clone()).expect("it fits"))
            .collect();
    });
    (running, receive.expect("a channel"))
}

fn request(line: u32, condition: Option<&str>, from_hit: u64) -> BreakpointRequest {
    BreakpointRequest {
        condition: condition.map(String::from),
        from_hit,
        ..BreakpointRequest::at(BreakpointPlace::Line(line))
    }
}

fn local(running: &Running, stop: &Stop, name: &str) -> String {
    let tasks = running.machine.tasks(&stop.0);
    let task = tasks.iter().find(|task| task.id == stop.1.task).expect("the task that stopped");
    let frame = &task.frames[0];
    assert_eq!((frame.function, frame.instruction), (stop.1.function, stop.1.instruction));
    frame.locals.iter().find(|(local, _)| local == name).expect("a local").1.text.clone()
}

#[test]
fn a_breakpoint_stops_the_world_at_each_hit_and_a_task_that_has_not_moved_does_not_hit_it_again() {
    for workers in [1, 3] {
        let (running, stops) = run_with(COUNT, workers, &[request(ADD, None, 1)]);
        let (mut seen, mut all) = (0, Vec::new());
        while seen < 200 {
            let stop = stops.recv_timeout(LIMIT).expect("a stop");
            seen += 1;
            assert_eq!(stop.1.instruction, 4);
            let HaltReason::Breakpoint { id, hits, problem } = &stop.1.why else {
                panic!("{:?} is no breakpoint", stop.1.why);
            };
            // Two hits at once may be reported in either order.
            assert_eq!((*id, problem), (1, &None));
            all.push(*hits);
            assert_eq!(stop.0.reason(), StopReason::Debug);
            // No worker runs while the world is held.
            let before = running.instructions();
            assert_eq!(running.instructions(), before);
            drop(stop);
        }
        let ran = running.finish();
        all.sort();
        assert_eq!(all, (1..=200).collect::<Vec<u64>>());
        assert_eq!(ran.outcome.result.as_deref(), Some("200"));
        assert!(stops.try_recv().is_err(), "more stops than there are turns");
    }
}

#[test]
fn conditions_and_hits_decide_which_stops_there_are() {
    let cases = [
        (request(ADD, Some("i == 41"), 1), vec!["41", "41"]),
        (request(ADD, Some("i > 97 and i + 1 < to"), 1), vec!["98", "98"]),
        (request(ADD, Some("i * 2 == 84 or not (i < 99)"), 1), vec!["42", "42", "99", "99"]),
        (request(ADD, Some("hits == 200"), 1), vec!["99"]),
        (request(ADD, None, 200), vec!["99"]),
        (request(ADD, Some("total != null"), 1), vec![]),
    ];
    for (request, expected) in cases {
        // One worker: the tasks take turns in a known order of values.
        let (running, stops) = run_with(COUNT, 1, std::slice::from_ref(&request));
        let mut seen = Vec::new();
        for _ in &expected {
            let stop = stops.recv_timeout(LIMIT).expect("a stop");
            seen.push(local(&running, &stop, "i"));
        }
        let ran = running.finish();
        seen.sort();
        assert_eq!(seen, expected, "{request:?}");
        assert!(stops.try_recv().is_err(), "{request:?}");
        assert_eq!(ran.outcome.result.as_deref(), Some("200"));
    }
}

#[test]
fn a_condition_that_fails_stops_the_world_and_says_why() {
    let (running, stops) = run_with(COUNT, 1, &[request(7, Some("i < 5"), 1)]);
    let stop = stops.recv_timeout(LIMIT).expect("a stop");
    let HaltReason::Breakpoint { problem: Some(problem), .. } = &stop.1.why else {
        panic!("{:?}", stop.1.why);
    };
    assert_eq!(problem, "null and an int cannot be ordered");
    drop(stop);
    drop(stops);
    running.finish();
}

#[test]
fn two_hits_at_once_are_reported_one_after_the_other_and_no_worker_runs_between() {
    let both = COUNT.replace("const 100", "const 100000000");
    let (running, stops) = run_with(&both, 2, &[request(10, Some("i >= 1000"), 1)]);
    // Until one worker has handed the pause on to the other.
    let mut joined = false;
    while !joined {
        let first = stops.recv_timeout(LIMIT).expect("a stop");
        let id = first.0.id();
        let before = running.instructions();
        drop(first);
        let second = stops.recv_timeout(LIMIT).expect("another stop");
        joined = second.0.id() == id;
        if joined {
            assert!(second.0.joined());
            assert_eq!(running.instructions(), before);
        }
    }
    drop(stops);
    running.stop();
}

#[test]
fn breakpoints_are_set_and_removed_while_a_program_runs() {
    let endless = COUNT.replace("const 100", "const 2000000000");
    let module = module(&endless);
    let (running, stops) = run_with(&endless, 2, &[]);
    running.wait_for("work", |machine| machine.worker_status(0).instructions > 0);
    for _ in 0..5 {
        let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
        let breakpoint = Breakpoint::new(&module, request(ADD, None, 1)).expect("it fits");
        running.machine.add_breakpoint(&stopped, breakpoint).expect("there are few");
        drop(stopped);
        for _ in 0..4 {
            drop(stops.recv_timeout(LIMIT).expect("a stop"));
        }
        let (world, _) = stops.recv_timeout(LIMIT).expect("a stop");
        assert!(running.machine.remove_breakpoint(&world, None));
        running.machine.settle_debugger(&world);
        drop(world);
        // A hit that waits for its turn is removed with its breakpoint.
        let before: u64 = running.instructions().iter().sum();
        running.wait_for("work without breakpoints", |machine| {
            (0..2).map(|at| machine.worker_status(at).instructions).sum::<u64>() > before + 100_000
        });
        assert!(stops.try_recv().is_err(), "a removed breakpoint stopped the world");
    }
    running.stop();
}

#[test]
fn a_task_that_is_about_to_trap_stops_the_world_with_its_frames() {
    let source = "
.module \"trap\"
.func inner (x)
    const 7
    load x
    const 0
    div
    add
    ret
.func main ()
    const 5
    call inner
    ret
";
    let mut receive = None;
    let running = start(&module(source), 2, |config| {
        receive = Some(stops(config));
        config.break_on_trap = true;
    });
    let stops = receive.expect("a channel");
    let stop = stops.recv_timeout(LIMIT).expect("a stop");
    let HaltReason::Trap { message } = &stop.1.why else { panic!("{:?}", stop.1.why) };
    assert!(message.contains("division by zero"), "{message}");
    assert!(running.machine.outcome().is_none());
    let tasks = running.machine.tasks(&stop.0);
    let frame = &tasks[0].frames[0];
    let operands: Vec<_> = frame.operands.iter().map(|value| value.text.as_str()).collect();
    assert_eq!((frame.function_name.as_str(), operands), ("inner", vec!["7", "5", "0"]));
    drop(stop);
    let ran = running.finish();
    assert!(ran.outcome.trap.expect("a trap").message.contains("division by zero"));
}

#[test]
fn a_line_without_code_stands_for_the_next_line_with_code() {
    let module = module(COUNT);
    let at = |line| Breakpoint::new(&module, BreakpointRequest::at(BreakpointPlace::Line(line)));
    let (running, _stops) = run_with(COUNT, 1, &[]);
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    running.machine.add_breakpoint(&stopped, at(8).expect("a label")).expect("few");
    let view = running.machine.breakpoints().remove(0);
    assert_eq!((view.line, view.places), (Some(9), vec![(0, 2)]));
    drop(stopped);
    running.stop();
    let error = at(1000).expect_err("no code there");
    assert!(matches!(error, BreakpointError::NoCode { last_line: Some(29), .. }), "{error:?}");
    let nowhere = BreakpointPlace::Instruction { function: 9, instruction: 0 };
    assert!(Breakpoint::new(&module, BreakpointRequest::at(nowhere)).is_err());
}

#[test]
fn a_wrong_condition_is_refused_with_its_column() {
    let module = module(COUNT);
    let cases = [
        ("", 1, "expected a number"),
        ("i = 4", 3, "write =="),
        ("i && to", 3, "write and"),
        ("j > 4", 1, "no local or global is called \"j\"; known here: to, i, total, hits"),
        ("i > 4 4", 7, "expected an operator"),
        ("(i > 4", 7, "expected \")\""),
        ("i > 99999999999", 5, "is no number"),
        ("i == \"x", 6, "has no end"),
        ("i == 1 and", 11, "expected a number"),
    ];
    for (text, column, words) in cases {
        let error = Breakpoint::new(&module, request(ADD, Some(text), 1)).expect_err(text);
        let BreakpointError::Condition(error) = error else { panic!("{error:?}") };
        assert_eq!(error.column, column, "{text}: {}", error.message);
        assert!(error.message.contains(words), "{text}: {}", error.message);
    }
    for text in ["(".repeat(900), "-".repeat(900), "not ".repeat(249), "\u{1F600}".into()] {
        assert!(Breakpoint::new(&module, request(ADD, Some(&text), 1)).is_err());
    }
}
