//! The milestone's ten integration tests, natively: programs on worker threads, each with at least
//! one real pause. The same ten run in browsers.

mod machine;

use std::time::Duration;

use machine::{Running, module, start};
use safepoint_lab::safepoint::{PauseError, StopReason};
use safepoint_lab::vm::{Ended, TaskState, WorkerState};

const COUNT: &str = ".func count (n)\n.local i\nconst 0\nstore i\nagain:\nload i\nload n\nge\n\
    jt done\nload i\nconst 1\nadd\nstore i\njmp again\ndone:\nload i\nret\n";

/// So many tasks that count, then their sum.
fn counters(tasks: usize, n: u32) -> String {
    let spawn: String = (0..tasks).map(|_| format!("const {n}\nspawn count\n")).collect();
    let sum: String =
        (1..tasks).map(|_| "await\nstore s\nload r\nload s\nadd\nstore r\n").collect();
    format!(
        "{COUNT}.func main\n.local r s\nconst 0\nstore r\n{spawn}await\nstore r\n{sum}load r\nret\n"
    )
}

/// Waits until every worker executes bytecode.
fn all_running(running: &Running) {
    running.wait_for("every worker to run a task", |machine| {
        (0..machine.workers()).all(|index| {
            let status = machine.worker_status(index);
            status.state == WorkerState::Running && status.task != 0
        })
    });
}

/// Waits until the published counts have moved beyond these.
fn moved_on(running: &Running, from: &[u64]) {
    running.wait_for("the workers to go on", |machine| {
        let ended = machine.outcome().is_some();
        let now = (0..machine.workers()).map(|index| machine.worker_status(index).instructions);
        ended || now.zip(from).all(|(now, from)| now > *from)
    });
}

/// Looks for a while, in which nothing may move.
fn assert_stands_still(running: &Running) {
    let before = running.instructions();
    for _ in 0..1000 {
        std::thread::yield_now();
        assert_eq!(running.instructions(), before, "a worker ran in a stopped world");
    }
}

/// 1. Interpreter with safepoint polls: execute bytecode with frequent safepoints, request a GC
/// pause during execution, verify that execution pauses and resumes.
#[test]
fn interpreter_with_safepoint_polls() {
    let running = start(&module(&counters(1, 30_000_000)), 1, |_| {});
    running.wait_for("the program to run", |machine| machine.worker_status(0).polls > 0);
    let stopped =
        running.coordinator.request_stw_pause(StopReason::GarbageCollection).expect("it stops");
    assert_stands_still(&running);
    let counts = running.instructions();
    stopped.resume_from_pause();
    moved_on(&running, &counts);
    assert_eq!(running.finish().outcome.result.as_deref(), Some("30000000"));
}

/// 2. Multi-threaded safepoint coordination: several worker threads, each executes the interpreter
/// loop; request a pause, verify that all workers stop.
#[test]
fn multi_threaded_safepoint_coordination() {
    let running = start(&module(&counters(4, 20_000_000)), 4, |_| {});
    all_running(&running);
    let stopped = running.coordinator.request_stw_pause(StopReason::Snapshot).expect("it stops");
    assert_eq!(running.coordinator.workers_at_safepoint(), 4);
    assert_stands_still(&running);
    let report = stopped.resume_from_pause();
    assert_eq!(report.arrivals.len(), 4);
    assert_eq!(running.finish().outcome.result.as_deref(), Some("80000000"));
}

/// 3. Loop back-edge safepoints: execute a tight loop, request a pause during the loop, verify that
/// the loop can be interrupted.
#[test]
fn loop_back_edge_safepoints() {
    let running = start(&module(".func main\nagain:\njmp again\n"), 1, |_| {});
    all_running(&running);
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    assert_stands_still(&running);
    let report = stopped.resume_from_pause();
    let location = report.arrivals[0].location.expect("where it stopped");
    assert_eq!((location.function, location.instruction), (0, 0));
    assert_eq!(running.stop().outcome.ended, Ended::Stopped);
}

/// 4. Allocation safepoints: allocate many objects, request a pause during allocation, verify that
/// a collection can run.
#[test]
fn allocation_safepoints() {
    let text = ".shape Node next\n.func main\n.local i\nconst 0\nstore i\nagain:\nnew Node\npop\n\
        load i\nconst 1\nadd\ndup\nstore i\nconst 3000000\nlt\njt again\nload i\nret\n";
    // Only allocations poll.
    let running = start(&module(text), 1, |config| {
        let mut policy = safepoint_lab::bytecode::PollPolicy::default();
        (policy.calls, policy.back_edges, policy.awaits) = (false, false, false);
        config.policy = Some(policy);
    });
    all_running(&running);
    let stopped =
        running.coordinator.request_stw_pause(StopReason::GarbageCollection).expect("it stops");
    let before = running.machine.heap_stats();
    let figures = running.machine.collect(&stopped);
    assert_eq!(figures.objects_live, 1, "main's own handle");
    assert_eq!(figures.objects_freed, before.objects - 1);
    assert_stands_still(&running);
    drop(stopped);
    assert_eq!(running.finish().outcome.result.as_deref(), Some("3000000"));
}

/// 5. Nested pause requests: only one pause can be active; concurrent requests are handled.
#[test]
fn nested_pause_requests() {
    let running = start(&module(&counters(2, 20_000_000)), 2, |_| {});
    all_running(&running);
    let stopped =
        running.coordinator.request_stw_pause(StopReason::GarbageCollection).expect("it stops");
    for reason in StopReason::ALL {
        match running.coordinator.try_request_stw_pause(reason) {
            Err(PauseError::Busy { active }) => assert_eq!(active, StopReason::GarbageCollection),
            other => panic!("a second pause was not refused: {other:?}"),
        }
    }
    let limit = Duration::from_millis(5);
    let late = running.coordinator.request_stw_pause_timeout(StopReason::Debug, limit);
    assert!(matches!(late, Err(PauseError::TimedOut { .. })), "{late:?}");
    assert_stands_still(&running);
    drop(stopped);
    drop(running.coordinator.try_request_stw_pause(StopReason::Debug).expect("free again"));
    assert_eq!(running.finish().outcome.result.as_deref(), Some("40000000"));
}

/// 6. Statistics verification: execute with several pauses, verify their count and times.
#[test]
fn statistics_verification() {
    let running = start(&module(&counters(2, 30_000_000)), 2, |_| {});
    all_running(&running);
    let reasons = [StopReason::GarbageCollection, StopReason::Snapshot, StopReason::Snapshot];
    let mut longest = Duration::ZERO;
    for reason in reasons {
        let stopped = running.coordinator.request_stw_pause(reason).expect("it stops");
        assert_stands_still(&running);
        longest = longest.max(stopped.resume_from_pause().total);
    }
    let stats = running.coordinator.stats();
    let counted = (stats.garbage_collection.pauses, stats.snapshot.pauses, stats.debug.pauses);
    assert_eq!(counted, (1, 2, 0));
    assert!(!longest.is_zero());
    assert_eq!(running.finish().outcome.ended, Ended::Finished);
}

/// 7. Worker registration during execution: start with some workers, add one dynamically, verify
/// the count, and that the newcomer stops like the others.
#[test]
fn worker_registration_during_execution() {
    let mut running = start(&module(&counters(4, 20_000_000)), 3, |config| config.workers = 4);
    running.wait_for("three workers", |machine| {
        (0..3).all(|index| machine.worker_status(index).state == WorkerState::Running)
    });
    assert_eq!(running.coordinator.worker_count(), 3);
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    running.add_worker(3);
    assert_stands_still(&running);
    assert_eq!(running.machine.worker_status(3).instructions, 0, "a newcomer ran");
    drop(stopped);
    running.wait_for("the newcomer", |machine| {
        machine.worker_status(3).state != WorkerState::Starting
    });
    drop(running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops again"));
    assert_eq!(running.finish().outcome.result.as_deref(), Some("80000000"));
}

/// 8. Stress test, many pauses: execute a long-running workload, request pauses frequently, verify
/// correctness and performance. 1000 pauses back to back, 8 workers, and none is left behind.
#[test]
fn stress_test_many_pauses() {
    // Sixteen tasks that count two variables, one up and one down, and trap when they part.
    let task = ".func work\n.local up down\nconst 0\nstore up\nconst 0\nstore down\nagain:\nload up\n\
        const 1\nadd\nstore up\nload down\nconst 1\nsub\nstore down\nload up\nload down\nadd\n\
        const 0\neq\njt again\ntrap \"the two parted\"\n";
    let text = format!("{task}.func main\n{}call work\nret\n", "spawn work\npop\n".repeat(16));
    let running = start(&module(&text), 8, |config| config.slice = Duration::from_millis(1));
    all_running(&running);
    for number in 0..1000 {
        let reason = StopReason::ALL[number % 3];
        let stopped = running.coordinator.request_stw_pause(reason).expect("it stops");
        let counts = running.instructions();
        if number % 10 == 0 {
            running.machine.collect(&stopped);
            assert_eq!(running.machine.tasks(&stopped).len(), 17);
        }
        assert_eq!(running.instructions(), counts, "a worker ran in pause {number}");
        drop(stopped);
    }
    let counts = running.instructions();
    moved_on(&running, &counts);
    let ran = running.stop();
    assert_eq!((ran.outcome.ended, ran.outcome.other_traps), (Ended::Stopped, vec![]));
}

/// 9. Pause during a function call: execute recursive calls, request a pause during one, verify the
/// stack's integrity.
#[test]
fn pause_during_function_call() {
    let text = ".func fib (n)\nload n\nconst 2\nlt\njf more\nload n\nret\nmore:\nload n\nconst 1\n\
        sub\ncall fib\nload n\nconst 2\nsub\ncall fib\nadd\nret\n\
        .func main\nconst 27\ncall fib\nret\n";
    let running = start(&module(text), 1, |_| {});
    all_running(&running);
    let mut deep = 0;
    for _ in 0..100 {
        let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
        assert_stands_still(&running);
        for task in running.machine.tasks(&stopped) {
            let (main, calls) = task.frames.split_last().expect("at least main");
            assert_eq!((main.function_name.as_str(), task.frames_omitted), ("main", 0));
            // Each caller's n is one or two more than its callee's.
            let n = |frame: &safepoint_lab::vm::FrameView| -> i32 {
                assert_eq!(frame.locals[0].0, "n");
                frame.locals[0].1.parse().expect("a number")
            };
            for pair in calls.windows(2) {
                let difference = n(&pair[1]) - n(&pair[0]);
                assert!((1..=2).contains(&difference), "{task:#?}");
            }
            deep = deep.max(calls.len());
        }
        drop(stopped);
    }
    assert!(deep > 3 || running.machine.outcome().is_some(), "no pause met a deep stack");
    assert_eq!(running.finish().outcome.result.as_deref(), Some("196418"));
}

/// 10. Resume correctness: pause during execution, resume and continue, verify that the state is
/// preserved.
#[test]
fn resume_correctness() {
    let text = ".global mutex\n.global sum\n.func add (n)\n.local i\nconst 0\nstore i\nagain:\n\
        gload mutex\nlock\ngload sum\nload i\nadd\ngstore sum\ngload mutex\nunlock\nload i\nconst 1\n\
        add\ndup\nstore i\nload n\nlt\njt again\nload i\nret\n.func main\n.local a b c\nconst 0\n\
        gstore sum\nnewmutex\ngstore mutex\nconst 200000\nspawn add\nstore a\nconst 200000\nspawn add\n\
        store b\nconst 200000\nspawn add\nstore c\nload a\nawait\npop\nload b\nawait\npop\nload c\n\
        await\npop\ngload sum\nret\n";
    let running = start(&module(text), 4, |_| {});
    let mut waiting = 0;
    while running.machine.outcome().is_none() {
        let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
        let tasks = running.machine.tasks(&stopped);
        let counts = running.instructions();
        assert_eq!(running.machine.tasks(&stopped), tasks, "a task moved in a stopped world");
        waiting += tasks.iter().filter(|task| task.state == TaskState::Awaiting).count();
        assert_eq!(running.instructions(), counts);
        drop(stopped);
    }
    assert!(waiting > 0, "main was never seen waiting");
    let sum = 3 * (0..200_000i64).sum::<i64>();
    let wrapped = (sum as i32).to_string();
    assert_eq!(running.finish().outcome.result, Some(wrapped));
}
