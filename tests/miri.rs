//! Miri runs these tests in the deep run: every part of the machine that has unsafe code or
//! threads, in programs small enough for an interpreter in an interpreter. Natively they are
//! ordinary tests.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod machine;
mod snapshots;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::machine::snapshot::{Notes, Snapshot, capture};
use ::machine::vm::{
    Breakpoint, BreakpointPlace, BreakpointRequest, DebugSink, Ended, Halt, StepKind, TaskState,
};
use machine::{Running, module, start, start_machine};
use safepoint::{HandshakeTarget, SafepointCoordinator, StopReason, StoppedWorld};
use snapshots::{resume, take_with};

/// Every kind of object, frames of two functions, tasks that await and lock, strings, numbers.
const PROGRAM: &str = r#"
.shape Pair left right
.global mutex sum
.func share (n)
.local i pair
    const 0
    store i
again:
    new Pair
    store pair
    load pair
    load i
    set Pair.left
    load pair
    load pair
    set Pair.right
    gload mutex
    lock
    gload sum
    load pair
    get Pair.left
    add
    gstore sum
    gload mutex
    unlock
    load i
    const 1
    add
    dup
    store i
    load n
    lt
    jt again
    load i
    tostr
    const "turns"
    concat
    ret
.func main
.local one two
    newmutex
    gstore mutex
    const 0
    gstore sum
    const 2
    spawn share
    store one
    const 3
    spawn share
    store two
    const 3
    newarray
    dup
    const 1
    load one
    await
    astore
    const 1
    aload
    print
    load two
    await
    print
    gload sum
    print
    const 2.5
    gload sum
    mul
    ret
"#;

fn stop(running: &Running, reason: StopReason, look: impl FnOnce(&StoppedWorld<'_>)) {
    let world = running.coordinator.request_stw_pause(reason).expect("no worker blocks");
    look(&world);
}

/// Loops, scans, exchanges and calls that are one operation each.
#[test]
fn loops_in_one_operation() {
    let module = module(include_str!("programs/loops.sasm"));
    let ran = start(&module, 1, |config| config.heap_limit_bytes = 16 << 10).finish();
    let (printed, _) =
        include_str!("programs/loops.out").split_once("! ").expect("it traps at its end");
    assert_eq!(ran.output, printed);
}

#[test]
fn workers_collect_hand_over_and_come_to_the_same_end() {
    let running = start(&module(PROGRAM), 2, |config| {
        config.heap_limit_bytes = 16 << 10;
        config.gc_stress = true;
        config.profile = true;
        config.gc_helpers = 1;
    });
    let asked = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&asked);
    running.coordinator.handshake(HandshakeTarget::All, move |_| {
        counts.fetch_add(1, Ordering::Relaxed);
    });
    stop(&running, StopReason::GarbageCollection, |world| {
        running.machine.collect(world);
        running.machine.tasks(world);
        running.machine.heap_digest(world);
    });
    let ran = running.finish();
    assert_eq!(ran.outcome.result.as_deref(), Some("10.0"), "{:?}", ran.outcome);
    assert_eq!(ran.output, "2turns\n3turns\n4\n");
}

#[test]
fn a_snapshot_goes_on_to_the_same_end() {
    let running = start(&module(PROGRAM), 2, |config| config.heap_limit_bytes = 16 << 10);
    let mut bytes = None;
    stop(&running, StopReason::Snapshot, |world| {
        bytes = capture(&running.machine, world, &Notes::default()).ok();
    });
    running.finish();
    // The program may have ended by then. A snapshot of its beginning is always possible.
    let bytes = bytes.unwrap_or_else(|| {
        let coordinator = SafepointCoordinator::new();
        let config = ::machine::vm::MachineConfig::new(coordinator.clone());
        let machine = ::machine::vm::Machine::new(module(PROGRAM), config).expect("memory");
        let world = coordinator.request_stw_pause(StopReason::Snapshot).expect("no worker runs");
        capture(&machine, &world, &Notes::default()).expect("it has not ended")
    });
    let coordinator = SafepointCoordinator::new();
    let snapshot = Snapshot::read(&bytes).expect("what was written is read");
    let mut config = snapshot.config(coordinator.clone());
    config.workers = 2;
    config.heap_limit_bytes = 16 << 10;
    let machine = snapshot.restore(config).expect("memory");
    let ran = start_machine(machine, coordinator).finish();
    assert_eq!(ran.outcome.result.as_deref(), Some("10.0"), "{:?}", ran.outcome);
}

/// Releases the world at once when a worker has stopped it.
struct LetGo(AtomicUsize);

impl DebugSink for LetGo {
    fn halted(&self, _world: StoppedWorld<'static>, _halt: Halt) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_debugger_stops_looks_steps_and_changes_the_form() {
    let module = module(PROGRAM);
    let request = BreakpointRequest {
        place: BreakpointPlace::Instruction { function: 0, instruction: 2 },
        condition: Some("n == 3 and hits > 0".into()),
        from_hit: 1,
    };
    let breakpoint = Breakpoint::new(&module, request).expect("there is code");
    let sink = Arc::new(LetGo(AtomicUsize::new(0)));
    let running = start(&module, 2, |config| {
        config.heap_limit_bytes = 16 << 10;
        config.breakpoints = vec![breakpoint.clone()];
        config.debugger = Some(sink.clone());
    });
    for on in [false, true, false] {
        stop(&running, StopReason::Debug, |world| {
            let machine = &running.machine;
            if on {
                machine.add_breakpoint(world, breakpoint.clone()).expect("there is code");
            } else {
                machine.remove_breakpoint(world, None);
                machine.settle_debugger(world);
            }
            for task in machine.tasks(world) {
                if matches!(task.state, TaskState::Ready | TaskState::Running { .. }) {
                    let _ = machine.step(world, task.id, StepKind::Into, 50);
                    let _ = machine.step(world, task.id, StepKind::Over, 50);
                }
            }
            machine.collect(world);
            machine.settle_debugger(world);
        });
    }
    let ran = running.finish();
    assert_eq!(ran.outcome.ended, Ended::Finished);
    assert_eq!(ran.outcome.result.as_deref(), Some("10.0"), "{:?}", ran.outcome);
}

#[test]
fn a_caller_that_needs_more_registers_than_its_callee_is_restored() {
    let text = format!(
        ".func nap\n.local i\n const 0\n store i\nagain:\n load i\n const 1\n add\n store i\n \
         load i\n const 2\n lt\n jt again\n load i\n ret\n\
         .func main\n call nap\n{}{} ret\n",
        " dup\n".repeat(60),
        " add\n".repeat(60)
    );
    let taken = take_with(16 << 10, &module(&text), 1, 1, 3, false);
    assert!(!taken.snapshots.is_empty(), "it polls");
    for bytes in &taken.snapshots {
        assert_eq!(resume(bytes, 1).finish().outcome, taken.ran.outcome);
    }
}
