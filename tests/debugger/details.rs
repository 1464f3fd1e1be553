//! Details of the debugger: hits that wait while the world is held, steps at special instructions,
//! and which object holds which.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ::machine::snapshot::describe;
use safepoint_lab::lab::views::{Local, Pause, Reason, RunOptions, Task};
use safepoint_lab::lab::{BreakpointOptions, Lab, Run, Source};

const LIMIT: Duration = Duration::from_secs(60);

struct Stage {
    lab: Lab,
    run: Run,
    threads: Vec<JoinHandle<()>>,
}

fn at(function: &str, instruction: u32) -> BreakpointOptions {
    let (function, instruction) = (Some(function.into()), Some(instruction));
    BreakpointOptions { function, instruction, ..BreakpointOptions::default() }
}

impl Stage {
    fn start(source: &str, breakpoints: &[BreakpointOptions], break_on_trap: bool) -> Self {
        let lab = Lab::new();
        let loaded = lab.load(Source::Text(source.into()));
        assert!(loaded.ok, "{:?}", loaded.errors);
        for options in breakpoints {
            lab.breakpoint(options).expect("it fits");
        }
        lab.break_on_trap(break_on_trap).expect("nothing runs");
        let options = RunOptions { workers: 2, ..RunOptions::default() };
        let run = lab.start(&options).expect("it starts");
        let threads = (0..2)
            .map(|index| {
                let run = run.clone();
                std::thread::spawn(move || run.work(index).expect("a worker of its own"))
            })
            .collect();
        Self { lab, run, threads }
    }

    /// The next stop by a worker, or `None` if the program is over.
    fn next(&self) -> Option<Pause> {
        let begin = Instant::now();
        loop {
            if let Some(news) = self.lab.tick() {
                if news.held.is_some() {
                    return news.held;
                }
                if news.finished.is_some() {
                    return None;
                }
            }
            assert!(begin.elapsed() < LIMIT, "no stop and no end");
            std::thread::yield_now();
        }
    }

    fn halted(&self) -> (Pause, u32) {
        let pause = self.next().expect("a worker stops the world");
        let task = pause.halt.as_ref().expect("a worker stopped the world").task;
        (pause, task)
    }

    fn task(&self, id: u32) -> Task {
        let tasks = self.run.tasks().expect("it is held");
        tasks.into_iter().find(|task| task.id == id).expect("it has not ended")
    }

    fn resume(&self) {
        self.lab.resume().expect("it is held");
    }

    fn end(self) {
        self.lab.stop();
        for thread in self.threads {
            thread.join().expect("no worker panics");
        }
    }
}

/// Two tasks reach the first instruction of `there`, once each. Then the program ends.
const TWO: &str = "
.func there
    const 1
    const 0
    div
    ret
.func turns
.local i
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    load i
    const 2000
    lt
    jt again
    call there
    ret
.func main
    spawn turns
    call turns
    ret
";

/// Two tasks that hit at the same time: the task that has stopped the world, and the task whose hit
/// waits.
fn two_at_once(breakpoints: &[BreakpointOptions], break_on_trap: bool) -> (Stage, u32, u32) {
    let begin = Instant::now();
    loop {
        let stage = Stage::start(TWO, breakpoints, break_on_trap);
        let (_, first) = stage.halted();
        if stage.run.coordinator().pending_requests() == 1 {
            let second = [1, 2].into_iter().find(|id| *id != first).expect("another");
            return (stage, first, second);
        }
        stage.end();
        assert!(begin.elapsed() < LIMIT, "the tasks never hit at the same time");
    }
}

#[test]
fn a_waiting_trap_is_dropped_when_stops_at_traps_are_switched_off() {
    let (stage, ..) = two_at_once(&[], true);
    stage.lab.break_on_trap(false).expect("it is held");
    stage.resume();
    assert!(stage.next().is_none(), "a trap stopped the world nevertheless");
    stage.end();
}

#[test]
fn a_waiting_hit_is_dropped_when_its_task_is_stepped() {
    let (stage, _, second) = two_at_once(&[at("there", 0)], false);
    assert_eq!(stage.task(second).frames[0].instruction, 0);
    let step = stage.run.step(second, "into", 10).expect("it can go on");
    assert_eq!((step.end, step.instructions), ("moved", 1));
    stage.resume();
    assert!(stage.next().is_none(), "a hit was reported of a task that had moved on");
    stage.end();
}

#[test]
fn of_two_breakpoints_at_one_place_the_older_is_reported_and_both_count() {
    let stage = Stage::start(TWO, &[at("there", 0), at("there", 0)], false);
    let (pause, _) = stage.halted();
    assert_eq!(pause.halt.expect("a worker stopped the world").breakpoint, Some(1));
    let counts: Vec<u64> = stage.lab.breakpoints().iter().map(|one| one.count).collect();
    assert_eq!(counts[0], counts[1]);
    stage.end();
}

#[test]
fn a_breakpoint_on_the_way_ends_a_step() {
    let source = "
.func inner
    const 1
    const 2
    add
    ret
.func main
    call inner
    ret
";
    let stage = Stage::start(source, &[at("main", 0), at("inner", 2)], false);
    let (_, task) = stage.halted();
    let step = stage.run.step(task, "over", 100).expect("it can go on");
    assert_eq!((step.end, step.instructions), ("breakpoint", 3), "{}", step.message);
    let frame = &stage.task(task).frames[0];
    assert_eq!((frame.function.as_str(), frame.instruction), ("inner", 2));
    stage.end();
}

#[test]
fn a_step_at_a_yield_ends_after_it() {
    let source = ".func main\n    const 1\n    yield\n    ret\n";
    let stage = Stage::start(source, &[at("main", 1)], false);
    let (_, task) = stage.halted();
    let step = stage.run.step(task, "into", 100).expect("it can go on");
    assert_eq!((step.end, step.instructions), ("moved", 1), "{}", step.message);
    assert_eq!(stage.task(task).frames[0].instruction, 2);
    stage.resume();
    assert!(stage.next().is_none());
    stage.end();
}

#[test]
fn a_snapshot_after_a_step_has_the_state_after_the_step() {
    let stage = Stage::start(TWO, &[at("there", 0)], false);
    let (pause, task) = stage.halted();
    let taken = stage.lab.cycle(Reason::Snapshot, "page").expect("it is held");
    assert_eq!(taken.id, pause.id);
    let instruction = || {
        let bytes = stage.run.snapshot().expect("it is held");
        let tasks = describe(&bytes).expect("a snapshot").tasks;
        tasks.iter().find(|one| one.id == task).expect("it has not ended").instruction
    };
    assert_eq!(instruction(), 0);
    stage.run.step(task, "into", 10).expect("it can go on");
    assert_eq!(instruction(), 1);
    stage.end();
}

#[test]
fn a_result_is_held_by_its_task_and_no_object_begins_inside_another() {
    let source = "
.func gives
    const 3
    newarray
    ret
.func main
.local handle result behind
    spawn gives
    store handle
    load handle
    await
    store result
    const 4
    newarray
    store behind
    const null
    ret
";
    let stage = Stage::start(source, &[at("main", 9)], false);
    let (_, task) = stage.halted();
    let locals = stage.task(task).frames[0].locals.clone();
    let object = |name: &str| {
        let local: &Local = locals.iter().find(|local| local.name == name).expect("a local");
        local.object.expect("a reference")
    };
    let result = object("result");
    let holders = stage.run.object(result, 0, 10).expect("an object").holders;
    let handle = holders.iter().find(|holder| holder.text.starts_with("the result of"));
    assert_eq!(handle.and_then(|holder| holder.object), Some(object("handle")), "{holders:?}");
    // The two objects may lie in either order.
    let (first, last) = (result.min(object("behind")), result.max(object("behind")));
    for inside in first + 1..last {
        let found = stage.run.object(inside, 0, 1).ok().map(|object| object.object);
        assert!(found.is_none_or(|start| start == inside), "{inside} is inside of an object");
    }
    assert!(stage.run.object(first + 1, 0, 1).is_err());
    stage.end();
}
