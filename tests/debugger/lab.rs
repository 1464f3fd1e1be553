//! The debugger as a script uses it, and what happens when one operation arrives during another.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use safepoint_lab::lab::views::{Operation, Pause, Reason, RunOptions, SiteKind, Task};
use safepoint_lab::lab::{BreakpointOptions, Lab, News, Run, Source};

const LIMIT: Duration = Duration::from_secs(60);

/// Two tasks allocate for ever; a collection comes every few thousand turns.
const PROGRAM: &str = "
.module \"busy\"
.func work ()
.local i kept
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
    jmp again
.func main ()
    spawn work
    pop
    call work
    ret
";
/// Line of `add`.
const ADD: u32 = 13;

struct Stage {
    lab: Lab,
    run: Run,
    threads: Vec<std::thread::JoinHandle<()>>,
    /// The records of finished pauses.
    told: RefCell<Vec<Pause>>,
}

fn line(line: u32, condition: Option<&str>) -> BreakpointOptions {
    let condition = condition.map(String::from);
    BreakpointOptions { line: Some(line), condition, ..BreakpointOptions::default() }
}

fn stage(workers: usize, breakpoints: &[BreakpointOptions]) -> Stage {
    let lab = Lab::new();
    let loaded = lab.load(Source::Text(PROGRAM.into()));
    assert!(loaded.ok, "{:?}", loaded.errors);
    for options in breakpoints {
        lab.breakpoint(options).expect("it fits");
    }
    run_in(lab, workers)
}

fn run_in(lab: Lab, workers: usize) -> Stage {
    let options = RunOptions { workers, heap: 256 << 10, ..RunOptions::default() };
    let run = lab.start(&options).expect("it starts");
    let threads = (0..workers)
        .map(|index| {
            let run = run.clone();
            std::thread::spawn(move || run.work(index).expect("a worker of its own"))
        })
        .collect();
    Stage { lab, run, threads, told: RefCell::default() }
}

impl Stage {
    fn tick(&self) -> Option<News> {
        let news = self.lab.tick()?;
        self.told.borrow_mut().extend(news.pauses.iter().cloned());
        Some(news)
    }

    /// Ticks until a worker has stopped the world.
    fn halted(&self) -> Pause {
        let begin = Instant::now();
        loop {
            if let Some(held) = self.tick().and_then(|news| news.held) {
                return held;
            }
            assert!(begin.elapsed() < LIMIT, "no worker stops the world");
            std::thread::yield_now();
        }
    }

    fn until(&self, what: &str, mut done: impl FnMut() -> bool) {
        let begin = Instant::now();
        while !done() {
            assert!(begin.elapsed() < LIMIT, "waited in vain for {what}");
            self.tick();
            std::thread::yield_now();
        }
    }

    fn instructions(&self) -> Vec<u64> {
        let machine = self.run.machine();
        (0..machine.workers()).map(|at| machine.worker_status(at).instructions).collect()
    }

    fn waiting(&self) -> usize {
        self.run.coordinator().pending_requests()
    }

    fn end(self) {
        self.lab.stop();
        for thread in self.threads {
            thread.join().expect("no worker panics");
        }
    }
}

#[test]
fn a_breakpoint_is_reported_with_worker_place_and_reason() {
    let stage = stage(3, &[line(ADD, Some("i == 5"))]);
    let pause = stage.halted();
    let halt = pause.halt.clone().expect("a worker stopped the world");
    assert_eq!((halt.function.as_str(), halt.line, halt.why), ("work", Some(ADD), "breakpoint"));
    assert_eq!(pause.by, format!("worker {}", halt.worker));
    assert!(pause.sentence.starts_with(&halt.text), "{}", pause.sentence);
    let Some(Operation::Debug { tasks }) = pause.outcome else { panic!("{:?}", pause.outcome) };
    let task = tasks.iter().find(|task| task.id == halt.task).expect("the task");
    assert_eq!(
        (task.frames[0].locals[0].name.as_str(), task.frames[0].locals[0].value.as_str()),
        ("i", "5")
    );
    let array = task.frames[0].locals[1].object.expect("a reference");
    let object = stage.run.object(array, 90, 50).expect("an object");
    assert_eq!((object.kind, object.length, object.entries.len()), ("array", 100, 10));
    assert_eq!(object.entries[0].name, "[90]");
    assert!(object.holders[0].text.ends_with("work, local kept"), "{:?}", object.holders);
    assert!(stage.run.object(array + 1, 0, 1).is_err());
    assert!(stage.run.object(u32::MAX, 0, 1).is_err());
    let whole = stage.lab.resume().expect("it was held");
    assert_eq!(whole.halt, Some(halt));
    stage.end();
}

#[test]
fn a_breakpoint_is_removed_with_the_one_whose_number_it_took_over() {
    let stage = stage(2, &[line(ADD, None)]);
    let before =
        stage.halted().halt.expect("a worker stopped the world").breakpoint.expect("it has one");
    // The text is changed while the program made from the old text runs: the breakpoint is one line
    // further down.
    assert!(stage.lab.load(Source::Text(format!("; a line more\n{PROGRAM}"))).ok);
    assert_eq!(stage.lab.breakpoints(), []);
    let successor = BreakpointOptions { id: Some(before), ..line(ADD + 1, None) };
    let set = stage.lab.breakpoint(&successor).expect("it fits");
    assert_eq!((set.id, set.line), (before, Some(ADD + 1)));
    let other = stage.lab.breakpoint(&line(ADD + 1, None)).expect("it fits");
    assert_ne!(other.id, before, "taken");
    stage.lab.resume().expect("it was held");
    assert_eq!(stage.halted().halt.and_then(|halt| halt.breakpoint), Some(before));

    stage.lab.clear_breakpoints(Some(before)).expect("the world is held");
    assert_eq!(stage.lab.breakpoints().iter().map(|one| one.id).collect::<Vec<_>>(), [other.id]);
    let instructions = stage.instructions();
    stage.lab.resume().expect("it was held");
    let turns = |now: u64, then: u64| now > then + 100_000;
    stage.until("many turns", || {
        stage.instructions().into_iter().zip(&instructions).any(|(now, then)| turns(now, *then))
    });
    stage.end();
}

/// The only breakpoint always has number 1. With several, none changes its number.
#[test]
fn breakpoints_are_numbered_from_one_and_keep_their_numbers() {
    let lab = Lab::new();
    let load = || assert!(lab.load(Source::Text(PROGRAM.into())).ok);
    let set = |options: &BreakpointOptions| lab.breakpoint(options).expect("it fits").id;
    let there = || lab.breakpoints().iter().map(|one| (one.id, one.line)).collect::<Vec<_>>();
    load();
    assert_eq!(set(&line(ADD, None)), 1);
    assert_eq!(set(&line(ADD + 1, None)), 2);
    lab.clear_breakpoints(Some(1)).expect("nothing runs");
    assert_eq!(set(&line(ADD - 1, None)), 1, "2 is still 2");
    // A breakpoint that is changed keeps its number.
    assert_eq!(set(&BreakpointOptions { id: Some(2), ..line(ADD, Some("i > 7")) }), 2);
    assert_eq!(there(), [(2, Some(ADD)), (1, Some(ADD - 1))]);
    // A refused breakpoint changes nothing.
    let wrong = BreakpointOptions { id: Some(2), ..line(ADD, Some("i >")) };
    lab.breakpoint(&wrong).expect_err("half a condition");
    assert_eq!(there(), [(2, Some(ADD)), (1, Some(ADD - 1))]);
    lab.clear_breakpoints(None).expect("nothing runs");
    assert_eq!(set(&line(ADD, None)), 1, "the only one again");
    load();
    assert_eq!(set(&line(ADD, None)), 1, "the only one of another program");
}

#[test]
fn a_breakpoint_that_is_changed_while_the_program_runs_stops_at_its_new_place_only() {
    let stage = stage(2, &[line(ADD, None)]);
    // Until the other worker has hit the breakpoint as well, and its hit waits.
    let begin = Instant::now();
    loop {
        assert_eq!(stage.halted().halt.and_then(|halt| halt.breakpoint), Some(1));
        if stage.waiting() > 0 {
            break;
        }
        assert!(begin.elapsed() < LIMIT, "the workers never hit at the same time");
        stage.lab.resume().expect("it was held");
    }
    let changed = BreakpointOptions { id: Some(1), ..line(ADD + 1, None) };
    assert_eq!(stage.lab.breakpoint(&changed).expect("it fits").id, 1);
    for _ in 0..4 {
        stage.lab.resume().expect("it was held");
        let halt = stage.halted().halt.expect("a worker stopped the world");
        assert_eq!((halt.breakpoint, halt.line), (Some(1), Some(ADD + 1)));
    }
    stage.end();
}

#[test]
fn a_pause_that_is_handed_on_has_one_record_from_its_beginning_to_its_end() {
    for removed in [false, true] {
        // Until the other worker has hit the breakpoint, too, before the world stood still.
        let begin = Instant::now();
        let (stage, first) = loop {
            assert!(begin.elapsed() < LIMIT, "the workers never hit at the same time");
            let stage = stage(2, &[line(ADD, None)]);
            let first = stage.halted();
            if removed {
                stage.lab.clear_breakpoints(None).expect("the world is held");
            }
            let answer = stage.lab.resume().expect("it was held");
            assert_eq!(answer.id, first.id);
            if answer.total.is_none() {
                break (stage, first);
            }
            stage.end();
        };
        if !removed {
            let next = stage.halted();
            assert_ne!(
                next.halt.as_ref().map(|halt| halt.task),
                first.halt.as_ref().map(|halt| halt.task)
            );
            let text = next.halt.map(|halt| halt.text).unwrap_or_default();
            assert!(text.contains("stopped at the same time at breakpoint 1"), "{text}");
            assert_eq!(
                (next.id, next.at, next.queue, next.ttsp, &next.by),
                (first.id, first.at, first.queue, first.ttsp, &first.by)
            );
            stage.lab.clear_breakpoints(None).expect("the world is held");
            stage.lab.resume().expect("it was held");
        }
        // The record of a collection may come between those of the debugger.
        let told = |what: &dyn Fn(&Pause) -> bool| stage.told.borrow().iter().any(what);
        stage.until("the records", || {
            // A collection after it may be told before it: each worker tells its own.
            told(&|it| it.reason == Reason::Debug && it.id >= first.id)
                && told(&|it| it.reason == Reason::Gc)
        });
        let mut told = stage.told.take();
        told.retain(|it| it.reason == Reason::Debug);
        let stats = stage.lab.stats().debug;
        assert_eq!(told.len() as u64, stats.count);
        assert!(told.is_sorted_by(|one, next| one.id < next.id), "a record twice");
        let pause = told.last().expect("the record");
        assert_eq!(
            (pause.id, pause.at, pause.queue, pause.ttsp),
            (first.id, first.at, first.queue, first.ttsp)
        );
        let longest =
            |part: fn(&Pause) -> Option<f64>| told.iter().filter_map(part).fold(0.0, f64::max);
        assert_eq!(longest(|it| it.operation), stats.operation.max);
        // Percentiles leave out the time for which the world was only held, and end with the last
        // wake-up.
        let counted = longest(|it| {
            let looked_at = (it.held? - it.served_for).max(0.0);
            Some(it.total? - it.resuming.unwrap_or(0.0) - looked_at)
        });
        assert!((counted - stats.total.max).abs() < 0.01, "{counted} is not {}", stats.total.max);
        stage.end();
    }
}

#[test]
fn while_the_debugger_holds_the_world_a_collection_and_a_snapshot_work_and_no_worker_runs() {
    let stage = stage(2, &[line(ADD, Some("hits == 50"))]);
    let pause = stage.halted();
    let before = stage.instructions();
    for reason in [Reason::Gc, Reason::Snapshot, Reason::Debug, Reason::Gc] {
        let done = stage.lab.cycle(reason, "page").expect("the world is held");
        assert_eq!((done.id, done.total), (pause.id, None));
        let done = stage.lab.pause(reason, "page").expect("the world is held");
        assert_eq!(done.id, pause.id);
    }
    assert_eq!(stage.instructions(), before);
    let task = pause.halt.expect("a worker stopped the world").task;
    let stepped = stage.run.step(task, "into", 1).expect("it can go on");
    assert_eq!((stepped.end, stepped.instructions), ("moved", 1));
    assert_eq!(stage.instructions(), before);
    stage.lab.resume().expect("it was held");
    stage.until("work", || stage.instructions() != before);
    stage.end();
}

/// Polls at one kind of site at a time: a pause's arrivals and its tasks name the same place for
/// each stop, and a step begins where the task is said to go on.
#[test]
fn arrivals_and_tasks_name_the_same_place_of_a_stop() {
    const POLLS: &str = "\
.func nothing ()
    const 0
    ret
.func work ()
.local i task
    const 0
    store i
    spawn nothing
    store task
again:
    call nothing
    pop
    const 3
    newarray
    pop
    load task
    await
    pop
    load i
    const 1
    add
    dup
    store i
    const 0
    ge
    jt again
    const 0
    ret
.func main ()
    spawn work
    pop
    call work
    ret
";
    for (name, kind, line) in [
        ("calls", SiteKind::Call, 11),
        ("allocations", SiteKind::Allocation, 14),
        ("awaits", SiteKind::Await, 17),
        ("back-edges", SiteKind::BackEdge, 26),
    ] {
        let text = format!("{POLLS}.poll all off\n.poll {name} on\n");
        let lab = Lab::new();
        let loaded = lab.load(Source::Text(text));
        assert!(loaded.ok, "{:?}", loaded.errors);
        let stage = run_in(lab, 2);
        let places = |pause: &Pause, tasks: &[Task]| {
            let sites = pause.arrivals.iter().filter_map(|arrival| arrival.site.as_ref());
            sites.filter(|site| site.kind == kind && site.line == Some(line)).for_each(|site| {
                let task = tasks.iter().find(|task| Some(task.id) == site.task).expect("it runs");
                let top = &task.frames[0];
                let stopped = match &task.stopped {
                    Some(stopped) => {
                        assert_eq!((kind, top.line), (SiteKind::BackEdge, Some(11)), "{stopped:?}");
                        assert_eq!(stopped, site);
                        stopped.line
                    }
                    None => top.line,
                };
                assert_eq!(stopped, site.line, "{site:?} beside {top:?}");
            });
        };
        let mut looked_at = 0;
        stage.until("stops at the sites", || {
            let pause = stage.lab.pause(Reason::Debug, "page").expect("it is granted");
            let tasks = stage.run.tasks().expect("the world is held");
            places(&pause, &tasks);
            for site in pause.arrivals.iter().filter_map(|arrival| arrival.site.as_ref()) {
                let Some(task) = site.task.filter(|_| site.kind == kind) else { continue };
                let step = stage.run.step(task, "into", 1).expect("it can go on");
                let after = step.task.expect("it goes on");
                // The awaited task may not be over yet.
                let waits = kind == SiteKind::Await && step.end == "waits";
                let executed = u64::from(!waits);
                assert_eq!((step.instructions, after.stopped), (executed, None), "from {site:?}");
                looked_at += 1;
            }
            stage.lab.resume();
            looked_at > 20
        });
        stage.end();
    }
}

#[test]
fn a_breakpoint_that_is_hit_during_a_request_of_the_page_serves_the_page() {
    // The page requests again and again. It never has to wait for a world that only the page could
    // release.
    let stage = stage(2, &[line(ADD, None)]);
    let mut served = 0;
    for turn in 0..300 {
        let reason = [Reason::Gc, Reason::Snapshot, Reason::Debug][turn % 3];
        let pause = stage.lab.pause(reason, "page").expect("it is granted");
        served += usize::from(pause.halt.is_some());
        stage.lab.resume();
    }
    assert!(served > 0, "no breakpoint was hit before a request");
    stage.end();
}

#[test]
fn a_workers_own_collection_waits_for_the_debugger_and_comes_after_it() {
    let stage = stage(2, &[]);
    // Until a worker waits for a collection while the debugger holds the world.
    loop {
        let pause = stage.lab.pause(Reason::Debug, "page").expect("it stops");
        if stage.waiting() > 0 {
            let collected = stage.lab.cycle(Reason::Gc, "page").expect("the world is held");
            assert_eq!(collected.id, pause.id);
            let before = stage.instructions();
            let tasks = stage.run.tasks().expect("held");
            for task in tasks.iter().filter(|task| task.state == "running") {
                stage.run.step(task.id, "into", 1).expect("it can go on");
            }
            assert_eq!(stage.instructions(), before);
            stage.lab.resume().expect("it was held");
            stage.until("work", || stage.instructions() != before);
            break;
        }
        stage.lab.resume().expect("it was held");
    }
    stage.end();
}

#[test]
fn stopping_ends_a_run_that_a_breakpoint_holds() {
    for _ in 0..20 {
        let stage = stage(3, &[line(ADD, None)]);
        stage.halted();
        stage.end();
    }
}

#[test]
fn calls_that_need_a_stopped_world_are_refused_without_one() {
    let stage = stage(1, &[]);
    assert_eq!(stage.run.tasks().expect_err("it runs").kind, "not-held");
    assert_eq!(stage.run.step(1, "into", 1).expect_err("it runs").kind, "not-held");
    assert!(
        stage.run.step(1, "sideways", 1).expect_err("no such step").message.contains("into, over")
    );
    assert!(stage.lab.breakpoint(&BreakpointOptions::default()).is_err());
    // Set and removed in the middle of a run.
    let set = stage.lab.breakpoint(&line(ADD, None)).expect("it fits");
    assert_eq!((set.line, set.places.len()), (Some(ADD), 1));
    stage.halted();
    assert!(stage.lab.breakpoints()[0].count > 0);
    stage.lab.clear_breakpoints(None).expect("it is held");
    assert!(stage.lab.breakpoints().is_empty());
    stage.lab.resume().expect("it was held");
    let before = stage.instructions();
    stage.until("work", || stage.instructions()[0] > before[0] + 100_000);
    stage.end();
}
