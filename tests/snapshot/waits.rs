//! A task whose wait is over, but which has not gone on yet, does not wait a second time.

use std::time::{Duration, Instant};

use crate::machine::{LIMIT, module, start};
use crate::snapshots::{capture_at_rest, restored, resume};
use ::machine::snapshot::{Notes, capture, describe};
use safepoint::StopReason;

/// The wait of `other` ends while the only worker runs `main`, which never gives way.
fn program(waits: &str) -> String {
    format!(
        "
.poll every 1
.global done
.global mutex
.func other
    {waits}
    const 1
    gstore done
    const 0
    ret
.func main
    newmutex
    gstore mutex
    gload mutex
    lock
    spawn other
    pop
    yield
    gload mutex
    unlock
    const \"here\"
    print
again:
    gload done
    const null
    eq
    jt again
    const 7
    ret
"
    )
}

/// The file says that the task's wait is over, and a machine that is restored and captured again
/// says the same.
fn check(waits: &str) {
    let module = module(&program(waits));
    let running = start(&module, 1, |config| config.slice = Duration::from_secs(3600));
    running.wait_for("main's loop", |machine| machine.output_since(0).text.contains("here"));
    let begin = Instant::now();
    // If the task sleeps, until its time has come.
    let bytes = loop {
        let world = running.coordinator.request_stw_pause(StopReason::Snapshot).expect("it stops");
        let bytes = capture(&running.machine, &world, &Notes::default()).expect("it runs");
        drop(world);
        let tasks = describe(&bytes).expect("a snapshot").tasks;
        let other = tasks.iter().find(|task| task.id == 2).expect("it has not ended");
        if other.state == "runnable" {
            break bytes;
        }
        assert!(begin.elapsed() < LIMIT, "it still waits: {}", other.state);
    };
    running.stop();
    let (machine, coordinator) = restored(&bytes, 1);
    assert!(capture_at_rest(&machine, &coordinator) == bytes, "no fixpoint, {waits}");
    for workers in [1, 2] {
        let ran = resume(&bytes, workers).finish();
        assert_eq!(ran.outcome.result.as_deref(), Some("7"), "{waits}: {:?}", ran.outcome);
        assert!(ran.outcome.other_traps.is_empty(), "{waits}: {:?}", ran.outcome.other_traps);
        assert_eq!(ran.output, "here\n");
    }
}

#[test]
fn a_mutex_that_was_handed_over_is_held() {
    check("gload mutex\n    lock\n    gload mutex\n    unlock");
}

#[test]
fn a_sleep_that_has_ended_does_not_begin_again() {
    check("const 1\n    sleep");
}

#[test]
fn a_task_that_has_yielded_does_not_yield_again() {
    check("yield");
}

#[test]
fn a_mutex_that_others_wait_for_is_passed_on() {
    let source = "
.global mutex
.func other
    gload mutex
    lock
    const 3
    ret
.func main
.local task
    newmutex
    gstore mutex
    gload mutex
    lock
    spawn other
    store task
    const 500
    sleep
    gload mutex
    unlock
    load task
    await
    ret
";
    let running = start(&module(source), 1, |_| {});
    let bytes = loop {
        let world = running.coordinator.request_stw_pause(StopReason::Snapshot).expect("it stops");
        let bytes = capture(&running.machine, &world, &Notes::default()).expect("it runs");
        drop(world);
        let tasks = describe(&bytes).expect("a snapshot").tasks;
        if tasks.iter().any(|task| task.state == "locking") {
            break bytes;
        }
    };
    running.stop();
    let ran = resume(&bytes, 2).finish();
    assert_eq!(ran.outcome.result.as_deref(), Some("3"), "{:?}", ran.outcome);
}
