//! Steps of one task while all others stand still.

use crate::machine::{LIMIT, Ran, Running, module, start, start_some};
use ::machine::vm::{Machine, MachineConfig, StepEnd, StepError, StepKind, TaskView};
use safepoint::{SafepointCoordinator, StopReason};

const PROGRAM: &str = "
.module \"steps\"
.shape pair left right
.func twice (x)
    load x
    load x
    add
    ret
.func endless ()
again:
    jmp again
.func other ()
.local n
    const 0
    store n
again:
    load n
    const 1
    add
    store n
    jmp again
.func waits (mutex)
    load mutex
    lock
    const 1
    ret
.func main ()
.local a pair
    spawn other
    pop
start:
    new pair
    store pair
    load pair
    const 21
    call twice
    set pair.left
    const 5
    sleep
    yield
    load pair
    get pair.left
    ret
";

/// Starts a program without a worker, so that the first task stands at its beginning.
fn stand(source: &str) -> Running {
    let coordinator = SafepointCoordinator::new();
    let mut config = MachineConfig::new(coordinator.clone());
    config.heap_limit_bytes = 64 << 10;
    let machine = Machine::new(module(source), config).expect("memory for a heap");
    start_some(machine, coordinator, 0)
}

fn task(running: &Running, id: u32) -> TaskView {
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    let tasks = running.machine.tasks(&stopped);
    tasks.into_iter().find(|task| task.id == id).expect("a task")
}

fn step(
    running: &Running,
    id: u32,
    kind: StepKind,
    most: u64,
) -> Result<(u64, StepEnd), StepError> {
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    let report = running.machine.step(&stopped, id, kind, most)?;
    running.machine.settle_debugger(&stopped);
    Ok((report.instructions, report.end))
}

fn at(running: &Running, id: u32) -> (String, u32, usize) {
    let task = task(running, id);
    let frame = &task.frames[0];
    (frame.function_name.clone(), frame.instruction, task.frames.len())
}

#[test]
fn into_over_and_out_end_at_the_right_places() {
    let mut running = stand(PROGRAM);
    let moved = |n| Ok((n, StepEnd::Moved));
    assert_eq!(at(&running, 1), ("main".into(), 0, 1));
    for next in 1..6 {
        assert_eq!(step(&running, 1, StepKind::Into, 100), moved(1));
        assert_eq!(at(&running, 1), ("main".into(), next, 1));
    }
    assert_eq!(step(&running, 1, StepKind::Over, 100), moved(1));
    assert_eq!(step(&running, 1, StepKind::Into, 100), moved(1));
    assert_eq!(at(&running, 1), ("twice".into(), 0, 2));
    let frames = task(&running, 1).frames;
    assert_eq!(frames[0].locals[0].1.text, "21");
    assert_eq!(step(&running, 1, StepKind::Into, 100), moved(1));
    assert_eq!(task(&running, 1).frames[0].operands[0].text, "21");
    assert_eq!(step(&running, 1, StepKind::Out, 100), moved(3));
    assert_eq!(at(&running, 1), ("main".into(), 7, 1));
    assert_eq!(task(&running, 1).frames[0].operands[1].text, "42");
    step(&running, 1, StepKind::Over, 100).expect("set");
    step(&running, 1, StepKind::Over, 100).expect("const");
    // A step does not sleep.
    let waits = step(&running, 1, StepKind::Over, 100).expect("an answer");
    assert!(matches!(waits, (0, StepEnd::Waits(_))), "{waits:?}");
    assert_eq!(at(&running, 1), ("main".into(), 9, 1));
    // The task that was started meanwhile exists, and has not run.
    assert_eq!(at(&running, 2), ("other".into(), 0, 1));
    assert_eq!(step(&running, 2, StepKind::Into, 100), moved(1));
    assert_eq!(step(&running, 9, StepKind::Into, 1), Err(StepError::NoSuchTask { task: 9 }));
    running.add_worker(0);
    running.wait_for("the end of main", |machine| {
        let status = machine.worker_status(0);
        status.instructions > 1_000_000
    });
    running.stop();
}

#[test]
fn a_step_over_a_call_is_one_step() {
    let running = stand(PROGRAM);
    for _ in 0..6 {
        step(&running, 1, StepKind::Into, 1).expect("a step");
    }
    assert_eq!(step(&running, 1, StepKind::Over, 100), Ok((5, StepEnd::Moved)));
    assert_eq!(at(&running, 1), ("main".into(), 7, 1));
    finish_without_worker(running);
}

/// A run without a worker never ends by itself.
fn finish_without_worker(running: Running) {
    running.stop();
}

/// A throw leaves functions, and is no trap where a try is open.
#[test]
fn a_step_over_what_throws_ends_where_it_is_caught() {
    let program = "
.func inner ()
    const \"x\"
    throw
.func outer ()
    call inner
    ret
.func main ()
    try caught
    call outer
    end-try
    ret
caught:
    poll
    ret
";
    let moved = |n| Ok((n, StepEnd::Moved));
    let running = stand(program);
    assert_eq!(step(&running, 1, StepKind::Instruction, 10), moved(1));
    assert_eq!(at(&running, 1), ("main".into(), 1, 1));
    assert_eq!(step(&running, 1, StepKind::Over, 10), moved(4));
    assert_eq!(at(&running, 1), ("main".into(), 4, 1));
    finish_without_worker(running);

    let mut running = stand(program);
    for place in [("main", 1, 1), ("outer", 0, 2), ("inner", 0, 3), ("inner", 1, 3)] {
        assert_eq!(step(&running, 1, StepKind::Into, 10), moved(1));
        assert_eq!(at(&running, 1), (place.0.into(), place.1, place.2));
    }
    assert_eq!(step(&running, 1, StepKind::Out, 10), moved(1));
    assert_eq!(at(&running, 1), ("main".into(), 4, 1));
    // A worker goes on from there.
    running.add_worker(0);
    assert_eq!(running.finish().outcome.result.as_deref(), Some("x"));
}

#[test]
fn a_step_over_a_call_that_never_returns_is_given_up_in_words() {
    let source = PROGRAM.replace("    spawn other\n    pop\n", "    call endless\n    pop\n");
    let running = stand(&source);
    let unfinished = Ok((1000, StepEnd::Unfinished));
    assert_eq!(step(&running, 1, StepKind::Over, 1000), unfinished);
    for _ in 0..3 {
        assert_eq!(at(&running, 1).0, "endless");
        assert_eq!(step(&running, 1, StepKind::Out, 1000), unfinished);
    }
    finish_without_worker(running);
}

#[test]
fn steps_to_the_end_leave_the_end_to_the_worker() {
    let source = "
.module \"ends\"
.func child ()
    const 6
    ret
.func main ()
.local t
    spawn child
    store t
    load t
    await
    const 7
    mul
    ret
";
    let mut running = stand(source);
    assert_eq!(step(&running, 1, StepKind::Into, 1), Ok((1, StepEnd::Moved)));
    for _ in 0..2 {
        step(&running, 1, StepKind::Into, 1).expect("a step");
    }
    let (0, StepEnd::Waits(what)) = step(&running, 1, StepKind::Into, 1).expect("an answer") else {
        panic!("the child has not run");
    };
    assert_eq!(what, "the end of task 2");
    assert_eq!(step(&running, 2, StepKind::Into, 1), Ok((1, StepEnd::Moved)));
    for _ in 0..2 {
        assert_eq!(step(&running, 2, StepKind::Out, 9), Ok((0, StepEnd::Returns("6".into()))));
    }
    running.add_worker(0);
    let ran = running.finish();
    assert_eq!(ran.outcome.result.as_deref(), Some("42"));
}

#[test]
fn steps_to_a_trap_leave_the_trap_to_the_worker() {
    let source = "
.module \"traps\"
.func main ()
    const 1
    const 0
    div
    ret
";
    let mut running = stand(source);
    for _ in 0..2 {
        step(&running, 1, StepKind::Into, 1).expect("a step");
    }
    for _ in 0..2 {
        let (0, StepEnd::Traps(message)) = step(&running, 1, StepKind::Into, 1).expect("an answer")
        else {
            panic!("it divides by zero");
        };
        assert!(message.contains("division by zero"), "{message}");
    }
    assert_eq!(task(&running, 1).frames[0].operands.len(), 2);
    running.add_worker(0);
    let trap = running.finish().outcome.trap.expect("a trap");
    assert_eq!((trap.instruction, trap.message.contains("division by zero")), (2, true));
}

#[test]
fn steps_allocate_and_collect() {
    let source = "
.module \"garbage\"
.func main ()
.local i kept
    const 100
    newarray
    store kept
    const 0
    store i
again:
    const 100
    newarray
    store kept
    load i
    const 1
    add
    store i
    load i
    const 3000
    lt
    jt again
    load kept
    len
    ret
";
    let mut running = stand(source);
    let (n, end) = step(&running, 1, StepKind::Out, 1_000_000).expect("a step");
    assert_eq!((n, end), (5 + 3000 * 11 + 2, StepEnd::Returns("100".into())));
    assert!(running.machine.heap_stats().collections > 10, "{:?}", running.machine.heap_stats());
    running.add_worker(0);
    assert_eq!(running.finish().outcome.result.as_deref(), Some("100"));
}

#[test]
fn steps_without_progress_do_not_repeat_the_work_of_a_worker() {
    // A worker learns from a collection that memory is used up, and waits for its turn to collect.
    let program = module(".func main ()\n    const 2147483647\n    newarray\n    ret\n");
    let running = start(&program, 1, |config| config.heap_limit_bytes = 1 << 20);
    while running.machine.outcome().is_none() {
        let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
        if let Ok(report) = running.machine.step(&stopped, 1, StepKind::Over, 9)
            && report.end == StepEnd::Moved
        {
            assert_eq!(report.instructions, 1);
        }
        running.machine.settle_debugger(&stopped);
    }
    let by_worker = running.coordinator.stats().of(StopReason::GarbageCollection).pauses;
    assert!(by_worker <= 2, "the worker began its allocation again: {by_worker} collections");
    let ran = running.finish();
    assert!(ran.outcome.trap.is_some_and(|trap| trap.message.contains("out of memory")));
}

#[test]
fn every_program_may_be_stepped_at_any_time_and_ends_the_same() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut steps = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of programs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "sasm") {
            continue;
        }
        // The outcome of these programs depends on time, or they take long.
        let slow = ["sleep.sasm", "trap-out-of-memory.sasm", "trap-elsewhere.sasm"];
        if slow.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("a program");
        let program = module(&source);
        let plain = start(&program, 2, |_| {}).finish();
        let running = start(&program, 2, |config| config.heap_limit_bytes = 64 << 20);
        let begin = std::time::Instant::now();
        while running.machine.outcome().is_none() {
            assert!(begin.elapsed() < LIMIT, "{path:?} does not end");
            let Ok(stopped) = running.coordinator.request_stw_pause(StopReason::Debug) else {
                break;
            };
            let ids: Vec<u32> = running.machine.tasks(&stopped).iter().map(|it| it.id).collect();
            for id in ids.into_iter().take(5) {
                for kind in [StepKind::Into, StepKind::Over, StepKind::Out] {
                    if running.machine.step(&stopped, id, kind, 50).is_ok() {
                        steps += 1;
                    }
                }
            }
            running.machine.settle_debugger(&stopped);
        }
        let stepped = running.finish();
        let end = |ran: &Ran| (ran.outcome.ended, ran.outcome.result.clone());
        assert_eq!(end(&plain), end(&stepped), "{path:?}");
        let message = |ran: &Ran| ran.outcome.trap.as_ref().map(|it| it.message.clone());
        if plain.outcome.ended == ::machine::vm::Ended::Trapped {
            assert_eq!(message(&plain).is_some(), message(&stepped).is_some(), "{path:?}");
        }
        assert_eq!(plain.output, stepped.output, "{path:?}");
    }
    assert!(steps > 1000, "only {steps} steps");
}
