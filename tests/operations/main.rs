//! One operation at a time: what happens when any operation arrives during any other, as in the
//! table of `docs/operations.md`, and the order when several wait.
#![cfg(not(target_arch = "wasm32"))]

mod stage;
#[path = "../../crates/safepoint/tests/support/mod.rs"]
mod support;

use std::time::Instant;

use safepoint::{Config, StopReason};
use safepoint_lab::lab::views::{Operation, Pause, Reason};
use stage::{Actor, Background, Stage, safepoint_reason};
use support::eventually;

const REASONS: [Reason; 3] = [Reason::Gc, Reason::Snapshot, Reason::Debug];

/// The operation under way: a row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Nothing,
    Making(Reason),
    MakingOwn,
    MakingHit,
    Held(Reason),
    HeldHit,
}

/// The operation that arrives: a column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Asked(Reason),
    SetBreakpoint,
    Step,
    Own,
    Hit,
    Resume,
    Stop,
}

const ROWS: [(&str, Row); 10] = [
    ("nothing", Row::Nothing),
    ("collection, being made", Row::Making(Reason::Gc)),
    ("snapshot, being made", Row::Making(Reason::Snapshot)),
    ("debug, being made", Row::Making(Reason::Debug)),
    ("a worker's own collection, being made", Row::MakingOwn),
    ("a breakpoint's stop, being made", Row::MakingHit),
    ("collection, held", Row::Held(Reason::Gc)),
    ("snapshot, held", Row::Held(Reason::Snapshot)),
    ("debug, held", Row::Held(Reason::Debug)),
    ("a breakpoint's stop, held", Row::HeldHit),
];

const COLUMNS: [(&str, Column); 9] = [
    ("collection", Column::Asked(Reason::Gc)),
    ("snapshot", Column::Asked(Reason::Snapshot)),
    ("debug", Column::Asked(Reason::Debug)),
    ("set a breakpoint", Column::SetBreakpoint),
    ("step", Column::Step),
    ("a worker's own collection", Column::Own),
    ("a breakpoint is hit", Column::Hit),
    ("resume", Column::Resume),
    ("stop", Column::Stop),
];

/// The table of the document: for each row its name and its cells.
fn table() -> Vec<Vec<String>> {
    let text = include_str!("../../docs/operations.md");
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let rows = text.lines().skip_while(|line| !line.starts_with("| under way |"));
    rows.take_while(|line| line.starts_with('|')).map(cells).collect()
}

#[test]
fn the_table_says_what_happens() {
    let table = table();
    let heads: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    assert_eq!(table[0][1..], heads, "the columns");
    let names: Vec<&str> = table[2..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, ROWS.map(|(name, _)| name), "the rows");
    let mut wrong = Vec::new();
    for ((name, row), written) in ROWS.iter().zip(&table[2..]) {
        for ((arrives, column), cell) in COLUMNS.iter().zip(&written[1..]) {
            let happened = happens(*row, *column);
            if happened != cell {
                wrong.push(format!("{name} / {arrives}: {happened}, the table says {cell}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Tries one cell until its situation occurs: an operation arrives while another is under way.
fn happens(row: Row, column: Column) -> &'static str {
    println!("{column:?} during {row:?}");
    for _ in 0..50 {
        let mut stage = Stage::start(&actors(row, column), waits_for_a_worker(row));
        if let Some(met) = Cell::meet(&mut stage, row, column) {
            let word = met.arrives(&mut stage, column);
            stage.end();
            return word;
        }
        stage.end();
    }
    panic!("{column:?} never came during {row:?}");
}

/// Whether the operation under way is a pause that still waits for a worker.
fn waits_for_a_worker(row: Row) -> bool {
    matches!(row, Row::Making(_) | Row::MakingOwn | Row::MakingHit)
}

fn actors(row: Row, column: Column) -> Vec<Actor> {
    let first = match row {
        Row::MakingOwn => Actor::Collects,
        Row::MakingHit => Actor::HitsOnce,
        Row::HeldHit if column == Column::Own => Actor::HitsOnce,
        Row::HeldHit => Actor::Hits,
        // No actor may collect before the world is held.
        Row::Held(_) if column == Column::Own => Actor::CollectsAgainAndAgain,
        _ => Actor::Spins,
    };
    let comes_late = waits_for_a_worker(row);
    let second = match column {
        Column::Own if row == Row::MakingOwn => Actor::CollectsLateWithoutFilling,
        Column::Own if comes_late => Actor::CollectsLate,
        Column::Own if row == Row::HeldHit => Actor::CollectsAgainAndAgain,
        Column::Own if row == Row::Nothing => Actor::Collects,
        Column::Hit if comes_late => Actor::HitsLate,
        Column::Hit if row == Row::Nothing => Actor::Hits,
        _ => Actor::Spins,
    };
    vec![first, second]
}

/// A situation of the table.
struct Cell {
    row: Row,
    /// The requester of the pause under way, which waits for it.
    asked: Option<Background<Pause>>,
    /// The pause in force.
    held: Option<Pause>,
}

impl Cell {
    /// Makes the situation. `None` if the operation that was to arrive later came first.
    fn meet(stage: &mut Stage, row: Row, column: Column) -> Option<Self> {
        let late = waits_for_a_worker(row) && matches!(column, Column::Own | Column::Hit);
        if late {
            stage.wait_for_output("ready");
        }
        let (mut asked, mut held) = (None, None);
        match row {
            Row::Nothing if matches!(column, Column::Own | Column::Hit) => {}
            Row::Nothing => stage.wait_for_work(),
            Row::Making(reason) => {
                asked = Some(stage.pause(reason));
                let coordinator = stage.coordinator().clone();
                eventually("it is asked for", || coordinator.current_reason().is_some());
                if coordinator.current_reason() != Some(safepoint_reason(reason)) {
                    return None;
                }
            }
            Row::MakingOwn => stage.wait_for_reason(StopReason::GarbageCollection),
            Row::MakingHit => stage.wait_for_reason(StopReason::Debug),
            Row::Held(reason) => {
                stage.wait_for_work();
                held = Some(stage.lab().pause(reason, "page").expect("it stops"));
            }
            Row::HeldHit => held = Some(stage.halted()),
        }
        // The operation is about to arrive, and only the one under way has begun.
        let in_time = !late || (stage.pending() == 0 && stage.a_worker_stalls());
        in_time.then_some(Self { row, asked, held })
    }

    fn arrives(self, stage: &mut Stage, column: Column) -> &'static str {
        match column {
            Column::Asked(reason) => self.asks(stage, reason),
            Column::SetBreakpoint => self.sets_a_breakpoint(stage),
            Column::Step => steps(stage),
            Column::Own | Column::Hit if self.held.is_some() => self.cannot_come(stage, column),
            Column::Own => self.collects(stage),
            Column::Hit => self.hits(stage),
            Column::Resume => resumes(stage),
            Column::Stop => self.stops(stage),
        }
    }

    /// Lets the pause under way be granted, and returns it.
    fn complete(&mut self, stage: &mut Stage) -> Option<Pause> {
        stage.let_go();
        if let Some(asked) = self.asked.take() {
            self.held = Some(asked.get().expect("it is granted"));
        } else if self.row == Row::MakingHit {
            self.held = Some(stage.halted());
        }
        self.held.clone()
    }

    fn asks(mut self, stage: &mut Stage, reason: Reason) -> &'static str {
        let second = stage.pause(reason);
        if waits_for_a_worker(self.row) {
            stage.wait_for_pending(1);
            assert!(!second.is_over(), "granted while a worker runs");
        }
        // If a breakpoint was first, the answer or a tick says so.
        let first = match self.row {
            Row::MakingHit => None,
            _ => self.complete(stage),
        };
        stage.let_go();
        let before = first.is_some().then(|| stage.instructions());
        let second = second.get().expect("it is granted");
        assert!(matches!(
            (&second.outcome, reason),
            (Some(Operation::Gc(_)), Reason::Gc)
                | (Some(Operation::Snapshot { .. }), Reason::Snapshot)
                | (Some(Operation::Debug { .. }), Reason::Debug)
        ));
        assert!(second.total.is_none(), "it is not held");
        if self.row == Row::MakingHit {
            assert!(second.halt.is_some(), "the world is not held by a breakpoint");
            return "same pause";
        }
        if let Some(first) = first {
            assert_eq!(second.id, first.id, "a held world was released");
            assert_eq!(before, Some(stage.instructions()), "a worker ran in a held world");
            return "same pause";
        }
        // A pause that was handed on is recorded under the name of its first requester.
        let whole = stage.lab().resume().expect("it is held");
        match (self.row, whole.by.starts_with("worker")) {
            (Row::Nothing, false) => "own pause",
            (Row::MakingOwn, true) => "handed on",
            (Row::MakingOwn, false) => "next pause",
            other => panic!("{other:?}"),
        }
    }

    fn sets_a_breakpoint(mut self, stage: &mut Stage) -> &'static str {
        let setting = stage.set_breakpoint("never");
        if waits_for_a_worker(self.row) {
            stage.wait_for_pending(1);
            assert!(!setting.is_over(), "set while a worker runs");
        }
        let first = self.complete(stage);
        let before = first.is_some().then(|| stage.instructions());
        setting.get().expect("it fits");
        if let Some(first) = first {
            assert_eq!(before, Some(stage.instructions()), "a worker ran in a held world");
            assert_eq!(stage.lab().resume().expect("it is held").id, first.id);
            return "same pause";
        }
        let of_page = |pause: &Pause| pause.by == "page" && pause.reason == Reason::Debug;
        stage.wait_for_record(of_page);
        if self.row == Row::Nothing { "own pause" } else { "next pause" }
    }

    fn collects(mut self, stage: &mut Stage) -> &'static str {
        if self.row == Row::Nothing {
            stage.wait_for_record(|pause| pause.by.starts_with("worker"));
            return "own pause";
        }
        stage.wait_for_pending(1);
        let first = self.complete(stage);
        if first.is_some() {
            stage.lab().resume().expect("it is held");
        }
        stage.wait_for_output(if self.row == Row::MakingOwn { "done\ndone" } else { "done" });
        // The last pause has its record when all its workers have resumed.
        let before = stage.instructions();
        stage.until("all workers to run on", |stage| {
            stage.instructions().iter().zip(&before).all(|(now, before)| now > before)
        });
        stage.tick();
        let by_worker = |pause: &&Pause| pause.by.starts_with("worker") && pause.halt.is_none();
        let own = stage.records().iter().filter(by_worker).count();
        match (self.row, own) {
            (Row::MakingOwn, 1) | (_, 0) => "handed on",
            _ => "next pause",
        }
    }

    fn hits(mut self, stage: &mut Stage) -> &'static str {
        if self.row == Row::Nothing {
            stage.halted();
            return "own pause";
        }
        stage.wait_for_pending(1);
        let first = self.complete(stage).is_some().then(|| {
            let before = stage.instructions();
            let whole = stage.lab().resume().expect("it is held");
            (whole.id, before)
        });
        let second = stage.halted();
        match first {
            Some((id, before)) if id == second.id => {
                assert_eq!(before, stage.instructions(), "a worker ran in between");
                "handed on"
            }
            Some(_) => "next pause",
            None => {
                // Its record can come after the stop that follows it.
                let is_own = |pause: &Pause| pause.by.starts_with("worker");
                stage.wait_for_record(is_own);
                let own = stage.records().iter().find(|pause| is_own(pause));
                assert!(own.expect("a collection").id < second.id);
                "next pause"
            }
        }
    }

    /// The workers that could do it stand still.
    fn cannot_come(self, stage: &mut Stage, column: Column) -> &'static str {
        if column == Column::Hit && self.row != Row::HeldHit {
            // At an instruction that all workers reach soon.
            stage.set_breakpoint("spin").get().expect("it fits");
        }
        stage.tick();
        let (before, known) = (stage.instructions(), stage.records().len());
        let pending = stage.pending();
        for _ in 0..200 {
            stage.tick();
            std::thread::yield_now();
        }
        assert_eq!(stage.instructions(), before, "a worker runs");
        assert_eq!((stage.records().len(), stage.pending()), (known, pending));
        let held = self.held.expect("a pause");
        assert_eq!(stage.lab().resume().expect("it is still held").id, held.id);
        match column {
            Column::Hit => _ = stage.halted(),
            _ => stage.wait_for_record(|pause| pause.id > held.id),
        }
        "cannot come"
    }

    fn stops(self, stage: &mut Stage) -> &'static str {
        stage.lab().stop();
        assert!(stage.machine().outcome().is_some(), "the program goes on");
        stage.let_go();
        if let Some(asked) = self.asked {
            assert_eq!(asked.get().expect_err("nothing is held").kind, "not-running");
        }
        stage.join();
        "ends"
    }
}

fn steps(stage: &Stage) -> &'static str {
    let task = match stage.run().tasks() {
        Err(refusal) => {
            assert_eq!(refusal.kind, "not-held");
            1
        }
        Ok(tasks) => tasks.iter().find(|task| task.state == "running").expect("a task runs").id,
    };
    let before = stage.instructions();
    match stage.run().step(task, "into", 10) {
        Ok(step) => {
            assert_eq!((step.end, step.instructions), ("moved", 1));
            assert_eq!(stage.instructions(), before, "another worker ran");
            "goes on"
        }
        Err(refusal) => {
            assert_eq!(refusal.kind, "not-held");
            "refused"
        }
    }
}

fn resumes(stage: &mut Stage) -> &'static str {
    let before = stage.instructions();
    match stage.lab().resume() {
        None => "refused",
        Some(whole) => {
            assert!(whole.total.is_some());
            stage.until("work", |stage| stage.instructions() != before);
            "lets go"
        }
    }
}

/// All operations wait behind a pause that is not granted yet: requests of page and scripts, and a
/// worker's collection.
#[test]
fn when_all_wait_debug_comes_before_snapshot_before_collection() {
    let mut met = false;
    while !met {
        let mut stage = Stage::start(&[Actor::CollectsLate, Actor::Spins], true);
        stage.wait_for_output("ready");
        let first = stage.cycle(Reason::Snapshot);
        stage.wait_for_reason(StopReason::Snapshot);
        met = stage.pending() == 0 && stage.a_worker_stalls();
        if met {
            stage.wait_for_pending(1);
            let mut so_far = 1;
            let [gc, snapshot, debug] = REASONS.map(|reason| {
                let asked = stage.cycle(reason);
                so_far += 1;
                stage.wait_for_pending(so_far);
                asked
            });
            stage.let_go();
            let first = first.get().expect("it is granted");
            let of = |asked: Background<Pause>| asked.get().expect("it is granted").id;
            let (gc, snapshot, debug) = (of(gc), of(snapshot), of(debug));
            // The second snapshot was requested before the first pause was granted.
            assert_eq!(snapshot, first.id);
            assert!(first.id < debug && debug < gc, "{} {debug} {gc}", first.id);
            // The worker's own collection came with the page's.
            stage.wait_for_output("done");
            // The last record comes when the workers have resumed.
            stage.until("three records", |stage| stage.records().len() >= 3);
            let order: Vec<_> = stage.records().iter().map(|pause| pause.reason).collect();
            assert_eq!(order, [Reason::Snapshot, Reason::Debug, Reason::Gc]);
        }
        stage.end();
    }
}

#[test]
fn a_collection_that_has_waited_long_comes_before_debug() {
    let mut stage = Stage::start(&[Actor::Spins, Actor::Spins], true);
    let first = stage.cycle(Reason::Snapshot);
    stage.wait_for_reason(StopReason::Snapshot);
    let collection = stage.cycle(Reason::Gc);
    stage.wait_for_pending(1);
    // In the queue, age counts as priority: here two steps of 100 ms each.
    let two_steps = <Config>::default().aging * 2;
    let queued = Instant::now();
    stage.until("it is older than two steps", |_| queued.elapsed() > two_steps);
    let debug = stage.cycle(Reason::Debug);
    stage.wait_for_pending(2);
    stage.let_go();
    let ids = [first, collection, debug].map(|asked| asked.get().expect("it is granted").id);
    assert!(ids.is_sorted(), "{ids:?}");
    stage.end();
}

/// A pause whose requester releases it at once is not taken for the pause that another requester
/// holds.
#[test]
fn a_pause_held_by_one_requester_is_not_released_by_another() {
    let stage = Stage::start(&[Actor::Spins, Actor::Spins], false);
    for _ in 0..100 {
        let passing = stage.cycle(Reason::Gc);
        let held = stage.lab().pause(Reason::Snapshot, "page").expect("it is granted");
        passing.get().expect("it is granted");
        assert_eq!(stage.lab().resume().expect("it is still held").id, held.id);
    }
    stage.end();
}
