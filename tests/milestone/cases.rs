//! Ten tests of coordinator and interpreter together. Each has the wording of the list that
//! required it.

use safepoint::{PauseError, StopReason};
use safepoint_lab::lab::views::{Operation, Reason};

use crate::stage::{Stage, Threads};

/// Four tasks that count for ever.
const LOOPS: &str = "
.func count ()
.local n
    const 0
    store n
again:
    load n
    const 1
    add
    store n
    jmp again
.func main ()
    spawn count
    spawn count
    spawn count
    spawn count
    pop
    pop
    pop
    await
    ret
";

/// Recursion and the sum of a loop; main returns 6765 + 500 * 1001.
const CALLS: &str = "
.func fib (n)
    load n
    const 2
    lt
    jf deeper
    load n
    ret
deeper:
    load n
    const 1
    sub
    call fib
    load n
    const 2
    sub
    call fib
    add
    ret
.func sum (n)
.local s
    const 0
    store s
again:
    load s
    load n
    add
    store s
    load n
    const 1
    sub
    store n
    load n
    const 0
    gt
    jt again
    load s
    ret
.func main ()
.local round answer
    const 0
    store round
more:
    const 20
    call fib
    const 1000
    call sum
    add
    store answer
    load round
    const 1
    add
    store round
    load round
    const 200
    lt
    jt more
    load answer
    ret
";

/// What [`CALLS`] returns.
const CALLS_RESULT: &str = "507265";

/// A short list that is replaced again and again, and garbage around it.
const ALLOCATIONS: &str = "
.shape Node next
.global head
.func main ()
again:
    new Node
    gstore head
    gload head
    new Node
    set Node.next
    const 50
    newarray
    pop
    jmp again
";

/// Stops the world, checks that no worker runs, and releases it.
fn check_a_pause(stage: &Stage<'_>, reason: Reason) {
    let pause = stage.run.pause(reason, "test").expect("the world stops");
    let stopped = stage.instructions();
    assert_eq!(stage.run.coordinator().workers_at_safepoint(), pause.arrivals.len());
    for _ in 0..100 {
        stage.run.tick();
        assert_eq!(stage.instructions(), stopped, "a worker ran in a stopped world");
    }
    let whole = stage.run.resume().expect("the world was held");
    assert_eq!(whole.id, pause.id);
}

/// 1. Interpreter with safepoint polls: execute bytecode with frequent safepoints, request a GC pause
///    during execution, verify that execution pauses and resumes.
pub fn interpreter_with_safepoint_polls(threads: &dyn Threads) {
    let stage = Stage::new(threads, LOOPS, 1, 1);
    stage.until_they_go_on();
    check_a_pause(&stage, Reason::Gc);
    stage.until_they_go_on();
}

/// 2. Multi-threaded safepoint coordination: several workers execute the interpreter's loop, a pause
///    is requested, all stop.
pub fn multi_threaded_safepoint_coordination(threads: &dyn Threads) {
    let stage = Stage::new(threads, LOOPS, 4, 4);
    stage.until("all workers to work", || stage.instructions().iter().all(|&count| count > 0));
    for reason in [Reason::Gc, Reason::Snapshot, Reason::Debug] {
        let pause = stage.run.pause(reason, "test").expect("the world stops");
        assert_eq!(pause.arrivals.len(), 4);
        stage.run.resume().expect("the world was held");
        check_a_pause(&stage, reason);
    }
    stage.until_they_go_on();
}

/// 3. Loop back-edge safepoints: a tight loop can be interrupted.
pub fn loop_back_edge_safepoints(threads: &dyn Threads) {
    let source = "
.poll calls off
.poll allocations off
.poll awaits off
.func main ()
again:
    jmp again
";
    let stage = Stage::new(threads, source, 1, 1);
    stage.until_they_go_on();
    let pause = stage.run.pause(Reason::Debug, "test").expect("the world stops");
    let site = pause.arrivals[0].site.clone().expect("it stopped in the program");
    assert_eq!((site.function.as_deref(), site.instruction), (Some("main"), Some(0)));
    stage.run.resume().expect("the world was held");
    check_a_pause(&stage, Reason::Gc);
    stage.until_they_go_on();
}

/// 4. Allocation safepoints: many objects are allocated, a pause is requested meanwhile, and a
///    collection can run.
pub fn allocation_safepoints(threads: &dyn Threads) {
    let stage = Stage::new(threads, ALLOCATIONS, 2, 2);
    let mut freed = 0;
    for _ in 0..20 {
        stage.until_they_go_on();
        let pause = stage.run.cycle(Reason::Gc, "test").expect("the world stops");
        let Some(Operation::Gc(collection)) = pause.outcome else {
            panic!("a collection was asked for, and {:?} done", pause.outcome)
        };
        assert!(collection.live_objects <= 16, "only a short list is reachable");
        freed += collection.freed_objects;
    }
    assert!(freed > 0, "garbage is found");
    assert!(stage.run.finished().is_none(), "{:?}", stage.run.finished());
}

/// 5. Nested pause requests: only one pause can be active; concurrent requests get an error.
pub fn nested_pause_requests(threads: &dyn Threads) {
    let stage = Stage::new(threads, LOOPS, 2, 2);
    let coordinator = stage.run.coordinator();
    let stopped = coordinator.request_stw_pause(StopReason::Snapshot).expect("the world stops");
    for reason in StopReason::ALL {
        let error = coordinator.request(reason).try_stop().err();
        assert_eq!(error, Some(PauseError::Busy { active: StopReason::Snapshot }));
    }
    stopped.resume_from_pause();
    check_a_pause(&stage, Reason::Debug);
}

/// 6. Statistics verification: with several pauses, their number and their time are tracked.
pub fn statistics_verification(threads: &dyn Threads) {
    let stage = Stage::new(threads, LOOPS, 2, 2);
    let (mut longest, mut sum) = (0.0_f64, 0.0);
    for _ in 0..10 {
        let pause = stage.run.cycle(Reason::Gc, "test").expect("the world stops");
        // Statistics end with the release and leave out the time for which the world was only held.
        let left_out = pause.held.expect("it is over") + pause.resuming.unwrap_or_default();
        let total = pause.total.expect("it is over") - left_out;
        (longest, sum) = (longest.max(total), sum + total);
    }
    stage.run.cycle(Reason::Debug, "test").expect("the world stops");
    let stats = stage.run.stats();
    assert_eq!((stats.gc.count, stats.snapshot.count, stats.debug.count), (10, 0, 1));
    assert!((stats.gc.total.max - longest).abs() < 1.0, "{} is not {longest}", stats.gc.total.max);
    assert!(stats.gc.total.p50 <= stats.gc.total.max && stats.gc.ttsp.max <= stats.gc.total.max);
    let tracked =
        stage.run.coordinator().stats().of(StopReason::GarbageCollection).total.sum_ns as f64 / 1e3;
    assert!((tracked - sum).abs() < 10.0, "{tracked} is not {sum}");
}

/// 7. Worker registration during execution: one is added dynamically, and the count follows.
pub fn worker_registration_during_execution(threads: &dyn Threads) {
    let stage = Stage::new(threads, LOOPS, 3, 2);
    let coordinator = stage.run.coordinator();
    assert_eq!(coordinator.worker_count(), 2);
    // While the world is stopped, a new worker waits, too.
    let pause = stage.run.pause(Reason::Gc, "test").expect("the world stops");
    assert_eq!(pause.arrivals.len(), 2);
    stage.add_worker(2);
    stage.until("the new worker", || coordinator.worker_count() == 3);
    assert_eq!(coordinator.workers_at_safepoint(), 3);
    assert_eq!(stage.instructions()[2], 0);
    stage.run.resume().expect("the world was held");
    stage.until("the new worker to work", || stage.instructions()[2] > 0);
    let pause = stage.run.cycle(Reason::Gc, "test").expect("the world stops");
    assert_eq!(pause.arrivals.len(), 3);
}

/// 8. Stress test: many pauses. 1000 back to back with 8 workers, and no worker is left behind.
pub fn stress_test_many_pauses(threads: &dyn Threads) {
    let stage = Stage::new(threads, LOOPS, 8, 8);
    let reasons = [Reason::Gc, Reason::Debug, Reason::Gc, Reason::Snapshot];
    for round in 0..1000 {
        let pause = stage.run.pause(reasons[round % 4], "test").expect("the world stops");
        let stopped = stage.instructions();
        assert_eq!(pause.arrivals.len(), 8);
        assert_eq!(stage.instructions(), stopped);
        stage.run.resume().expect("the world was held");
    }
    let stats = stage.run.stats();
    assert_eq!((stats.gc.count, stats.snapshot.count, stats.debug.count), (500, 250, 250));
    // There are four tasks, so only four of the eight workers have work; but no worker may stay
    // stopped.
    stage.until_they_go_on();
    stage.until("all workers to resume", || {
        let running = (0..8).filter(|&index| {
            use ::machine::vm::WorkerState::{Idle, Running};
            matches!(stage.run.machine().worker_status(index).state, Idle | Running)
        });
        running.count() == 8
    });
}

/// 9. Pause during function call: recursive calls are interrupted, and their stacks stay whole.
pub fn pause_during_function_call(threads: &dyn Threads) {
    let stage = Stage::new(threads, CALLS, 1, 1);
    let mut deepest = 0;
    while stage.run.finished().is_none() {
        let Ok(pause) = stage.run.pause(Reason::Debug, "test") else { break };
        if let Some(Operation::Debug { tasks }) = pause.outcome {
            for task in &tasks {
                deepest = deepest.max(task.frames.len());
                for frame in task.frames.iter().filter(|frame| frame.function == "fib") {
                    assert_eq!(frame.locals.len(), 1);
                    let n: i32 = frame.locals[0].value.parse().expect("n is a number");
                    assert!((0..=20).contains(&n), "fib was called with {n}");
                }
            }
        }
        stage.run.resume();
    }
    assert_eq!(stage.result().as_deref(), Some(CALLS_RESULT));
    assert!(deepest > 2, "no pause met a call in the middle, {deepest} frames at most");
}

/// 10. Resume correctness: paused in the middle and resumed, a program goes on with its state.
pub fn resume_correctness(threads: &dyn Threads) {
    let stage = Stage::new(threads, CALLS, 2, 2);
    let mut pauses = 0;
    while stage.run.finished().is_none() {
        for reason in [Reason::Gc, Reason::Snapshot, Reason::Debug] {
            pauses += u32::from(stage.run.cycle(reason, "test").is_ok());
        }
    }
    assert!(pauses > 0);
    assert_eq!(stage.result().as_deref(), Some(CALLS_RESULT));
}
