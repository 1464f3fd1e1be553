//! A stopped world is a permission for its own machine only, and reports about a stopped world are
//! bounded.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::machine::{Running, module, start};
use ::machine::snapshot::{Notes, capture};
use ::machine::vm::{
    Breakpoint, BreakpointPlace, BreakpointRequest, Machine, MachineConfig, StepKind, TaskState,
};
use safepoint::{SafepointCoordinator, StopReason, StoppedWorld};
use safepoint_lab::lab::views::{Reason, RestoreOptions, RunOptions};
use safepoint_lab::lab::{BreakpointOptions, Lab, Source};

const SPIN: &str = ".func main\nagain:\n jmp again\n";

/// A use of a machine that takes a stopped world.
type Use = fn(&Machine, &StoppedWorld<'_>);

#[test]
fn the_world_of_another_coordinator_is_refused() {
    let uses: [(&str, Use); 9] = [
        ("collect", |machine, world| _ = machine.collect(world)),
        ("tasks", |machine, world| drop(machine.tasks(world))),
        ("remove_breakpoint", |machine, world| _ = machine.remove_breakpoint(world, None)),
        ("break_on_trap", |machine, world| machine.break_on_trap(world, true)),
        ("settle_debugger", |machine, world| machine.settle_debugger(world)),
        ("step", |machine, world| drop(machine.step(world, 1, StepKind::Into, 1))),
        ("object", |machine, world| drop(machine.object(world, 1, 0, 1))),
        ("heap_digest", |machine, world| _ = machine.heap_digest(world)),
        ("capture", |machine, world| drop(capture(machine, world, &Notes::default()))),
    ];
    let running = start(&module(SPIN), 1, |config| config.heap_limit_bytes = 16 << 10);
    let other = SafepointCoordinator::new();
    let foreign = other.request_stw_pause(StopReason::Debug).expect("it has no workers");
    for (name, with) in uses {
        let refused = catch_unwind(AssertUnwindSafe(|| with(&running.machine, &foreign)));
        let message = refused.expect_err(name);
        let message = message.downcast_ref::<&str>().copied().unwrap_or_default();
        assert!(message.contains("another coordinator"), "{name}: {message:?}");
    }
    drop(foreign);
    let own = running.coordinator.request_stw_pause(StopReason::Debug).expect("a pause");
    for (_, with) in uses {
        with(&running.machine, &own);
    }
    drop(own);
    running.stop();
}

/// The other program has 250 locals and a condition on the last ones. The machine's own program has
/// no locals.
#[test]
fn a_breakpoint_of_another_program_is_refused() {
    let many: String = (0..250).map(|n| format!(" x{n}")).collect();
    let big = module(&format!(".func main\n.local{many}\n const 0\n ret\n"));
    let condition: Vec<_> = (32..48).map(|n| format!("x{n} == 1")).collect();
    let request = BreakpointRequest {
        place: BreakpointPlace::Instruction { function: 0, instruction: 0 },
        condition: Some(condition.join(" or ")),
        from_hit: 1,
    };
    let foreign = Breakpoint::new(&big, request).expect("it fits its own program");
    let small = module(".func main\nagain:\n const 0\n pop\n jmp again\n");
    let running = start(&small, 1, |config| {
        config.heap_limit_bytes = 16 << 10;
        config.breakpoints = vec![foreign.clone()];
    });
    assert!(
        running.machine.breakpoints().is_empty(),
        "its condition names locals that this program does not have"
    );
    let world = running.coordinator.request_stw_pause(StopReason::Debug).expect("a pause");
    let error = running.machine.add_breakpoint(&world, foreign).expect_err("no such local");
    assert!(error.to_string().contains("x32"), "{error}");
    drop(world);
    running.stop();
}

/// Without polls at back-edges, a worker that leaves stands at a back-edge. There the comparison
/// and the jump are one operation, so the operand of the jump was never made.
#[test]
fn registers_are_exact_after_the_end() {
    let loops = [
        (" load i\n const 1000000000\n lt\n jt again\n ret_later:\n", "back-edge"),
        (" load i\n const 0\n ge\n jf out\n jmp again\nout:\n", "jump back"),
    ];
    for (turn, what) in loops {
        let turn = turn.replace(" ret_later:\n", "");
        let text = format!(
            ".poll back-edges off\n.shape Box value\n.func main\n.local i box\n const 0\n store i\n\
             again:\n load i\n const 1\n add\n store i\n{turn} const null\n ret\n"
        );
        let running = start(&module(&text), 1, |_| {});
        running.wait_for("the loop", |machine| machine.worker_status(0).task == 1);
        looks_exact(running, what, |operands| operands.is_empty());
    }
    let text =
        ".func main\n.local ms\n const 100000\n store ms\n load ms\n stall\n const null\n ret\n";
    let running = start(&module(text), 1, |_| {});
    running.wait_for("the stall", |machine| machine.worker_status(0).instructions >= 3);
    looks_exact(running, "stall", |operands| operands == ["100000"]);
}

fn looks_exact(running: Running, what: &str, exact: impl Fn(&[String]) -> bool) {
    let (machine, coordinator) = (running.machine.clone(), running.coordinator.clone());
    running.stop();
    let world = coordinator.request_stw_pause(StopReason::Debug).expect("no worker runs");
    for task in machine.tasks(&world) {
        let operands: Vec<_> = task.frames[0].operands.iter().map(|it| it.text.clone()).collect();
        assert!(exact(&operands), "{what}: {:?}", task.frames[0]);
    }
    machine.collect(&world);
}

/// Many tasks in a circle: each waits for the next, the last for the first.
#[test]
fn a_circle_of_many_tasks_is_described_in_few_words() {
    const TASKS: usize = 3000;
    let text = format!(
        ".global all\n.func waits (i)\nagain:\n yield\n gload all\n load i\n const 1\n add\n \
         const {TASKS}\n rem\n aload\n dup\n const null\n ne\n jt found\n pop\n jmp again\n\
         found:\n await\n ret\n\
         .func main\n.local i\n const {TASKS}\n newarray\n gstore all\n const 0\n store i\n\
         again:\n gload all\n load i\n load i\n spawn waits\n astore\n load i\n const 1\n add\n \
         store i\n load i\n const {TASKS}\n lt\n jt again\n const 100000000\n sleep\n const null\n ret\n"
    );
    let running = start(&module(&text), 2, |config| config.heap_limit_bytes = 64 << 20);
    let mut tasks = Vec::new();
    running.wait_for("all to wait", |_| {
        let world = running.coordinator.request_stw_pause(StopReason::Debug).expect("a pause");
        tasks = running.machine.tasks(&world);
        tasks.iter().filter(|task| task.state == TaskState::Awaiting).count() == TASKS
    });
    let waiting: Vec<_> = tasks.iter().filter(|task| task.id > 1).collect();
    for task in waiting {
        assert_eq!((task.circle_length as usize, task.circle.len()), (TASKS, 8), "{}", task.id);
        assert_eq!(task.circle[0], task.id);
        let words = task.waiting_for.as_deref().expect("it waits");
        assert!(words.ends_with("and 2992 more"), "{words}");
    }
    running.stop();
}

/// Ten thousand tasks with fifty frames of fifty locals each.
#[test]
fn a_report_on_many_tasks_is_bounded() {
    let many: String = (0..50).map(|n| format!(" x{n}")).collect();
    let text = format!(
        ".func deep (n)\n.local{many}\n load n\n const 0\n gt\n jt more\n const 100000000\n sleep\n \
         const null\n ret\nmore:\n load n\n const 1\n sub\n call deep\n ret\n\
         .func main\n.local i\n const 0\n store i\nagain:\n const 50\n spawn deep\n pop\n load i\n \
         const 1\n add\n store i\n load i\n const 2000\n lt\n jt again\n const 100000000\n sleep\n \
         const null\n ret\n"
    );
    let running = start(&module(&text), 2, |config| config.heap_limit_bytes = 64 << 20);
    let mut tasks = Vec::new();
    running.wait_for("all to sleep", |_| {
        let world = running.coordinator.request_stw_pause(StopReason::Debug).expect("a pause");
        tasks = running.machine.tasks(&world);
        tasks.iter().filter(|task| task.state == TaskState::Sleeping).count() == 2001
    });
    let values: usize = tasks
        .iter()
        .flat_map(|task| &task.frames)
        .map(|frame| 1 + frame.locals.len() + frame.operands.len())
        .sum();
    assert!(values < 100_000 + 3 * tasks.len(), "{values} values");
    assert!(tasks.iter().all(|task| !task.frames.is_empty()), "each says where it stands");
    let depth = |task: &::machine::vm::TaskView| task.frames.len() as u32 + task.frames_omitted;
    assert!(tasks.iter().filter(|task| task.id > 1).all(|task| depth(task) == 51), "none is lost");
    running.stop();
}

/// Takes a snapshot of a program and restores it in another lab.
fn restored(text: &str) -> Lab {
    let lab = Lab::new();
    assert!(lab.load(Source::Text(text.into())).ok);
    let run = lab.start(&RunOptions { workers: 1, ..RunOptions::default() }).expect("it starts");
    let worker = std::thread::spawn({
        let run = run.clone();
        move || run.work(0)
    });
    lab.pause(Reason::Snapshot, "test").expect("a pause");
    let bytes = run.snapshot().expect("a snapshot");
    lab.resume();
    lab.stop();
    worker.join().expect("no panic").expect("a worker");
    let other = Lab::new();
    other.restore(&bytes, &RestoreOptions::default()).expect("it restores");
    assert_eq!(other.program().expect("the one restored").text(), text);
    other
}

#[test]
fn the_text_of_a_program_with_nan_is_kept() {
    for constant in ["2.5", "nan", "-0.0"] {
        restored(&format!("; mine\n.func main\nagain:\n const {constant}\n pop\n jmp again\n"));
    }
}

#[test]
fn a_breakpoint_of_a_restored_program_is_one_of_its_run() {
    let lab = restored(SPIN);
    let run = lab.run().expect("a run");
    let worker = std::thread::spawn({
        let run = run.clone();
        move || run.work(0)
    });
    let options = BreakpointOptions { line: Some(3), ..BreakpointOptions::default() };
    lab.breakpoint(&options).expect("there is code");
    assert_eq!(run.machine().breakpoints().len(), 1);
    lab.stop();
    worker.join().expect("no panic").expect("a worker");
}

#[test]
fn a_new_machine_takes_only_breakpoints_that_fit_its_program() {
    let small = module(SPIN);
    let at =
        |function| BreakpointRequest::at(BreakpointPlace::Instruction { function, instruction: 0 });
    let two = module(".func other\n const 0\n ret\n.func main\n const 0\n ret\n");
    let breakpoints = [0, 1].map(|function| Breakpoint::new(&two, at(function)).expect("code"));
    let config = MachineConfig {
        breakpoints: breakpoints.to_vec(),
        ..MachineConfig::new(SafepointCoordinator::new())
    };
    let machine = Machine::new(small, config).expect("memory");
    let places: Vec<_> = machine.breakpoints().into_iter().flat_map(|it| it.places).collect();
    assert_eq!(places, [(0, 0)], "the other function is not there");
}
