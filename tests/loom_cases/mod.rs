//! Small cases in which every access to what the pause protects is checked by loom: a worker writes a
//! cell while it runs, whoever holds the world reads and writes all cells, and two accesses that
//! nothing orders fail the model. A lost wake-up shows as a deadlock.

use loom::{
    cell::UnsafeCell,
    sync::{Arc, Notify},
    thread,
};
use safepoint_lab::safepoint::{
    Config, HandshakeTarget, HelpReport, ParkedWorker, PauseError, PauseOptions,
    SafepointCoordinator, SharedWork, StopReason, StoppedWorld, Worker, WorkerId,
};
use std::time::Duration;

/// Every case, by name.
pub const CASES: &[(&str, fn())] = &[
    ("two_workers_stop_and_see_each_others_writes", two_workers_stop),
    ("pauses_back_to_back_lose_no_wake_up", pauses_back_to_back),
    ("a_newcomer_parks", a_newcomer_parks),
    ("a_freed_slot_is_claimed_while_a_pause_arms", a_freed_slot_is_claimed),
    ("a_safe_region_is_crossed", a_safe_region_is_crossed),
    ("a_worker_dies", a_worker_dies),
    ("a_pause_is_cancelled_and_the_next_works", a_pause_is_cancelled),
    ("two_requesters_take_turns", two_requesters_take_turns),
    ("a_worker_asks", a_worker_asks),
    ("two_workers_ask_at_once", two_workers_ask_at_once),
    ("a_handshake_meets_a_safe_region", a_handshake_meets_a_safe_region),
    ("stopped_workers_help", stopped_workers_help),
    ("a_worker_dies_while_it_helps", a_worker_dies_while_it_helps),
];

/// Explores one case.
pub fn check(name: &str) {
    let (_, case) = CASES.iter().find(|(known, _)| *known == name).expect("a case of that name");
    let mut model = loom::model::Builder::new();
    if model.preemption_bound.is_none() {
        model.preemption_bound = Some(2);
    }
    model.check(*case);
}

/// What the machine's workers share, and only touch while they run.
struct Heap {
    cells: [UnsafeCell<u32>; 2],
}

// SAFETY: loom checks that accesses to the cells are ordered; that they are is what is being tested.
unsafe impl Sync for Heap {}
// SAFETY: as above.
unsafe impl Send for Heap {}

impl Heap {
    fn new() -> Arc<Self> {
        Arc::new(Self { cells: [UnsafeCell::new(0), UnsafeCell::new(0)] })
    }

    /// A worker's instruction.
    fn step(&self, cell: usize) {
        // SAFETY: loom fails the model if another access is not ordered with this one.
        self.cells[cell].with_mut(|value| unsafe { *value += 1 });
    }

    /// An operation on the stopped world.
    fn operate(&self, _stopped: &StoppedWorld<'_>) {
        for cell in &self.cells {
            // SAFETY: as for steps.
            cell.with_mut(|value| unsafe { *value += 100 });
        }
    }
}

/// No rest between pauses: the model's clock stands still.
fn coordinator() -> SafepointCoordinator {
    SafepointCoordinator::with_config(Config {
        min_running_interval: Duration::ZERO,
        ..Config::default()
    })
}

/// A thread that runs, polls once, and runs.
fn polling(heap: &Arc<Heap>, cell: usize, parked: ParkedWorker) -> thread::JoinHandle<()> {
    let heap = Arc::clone(heap);
    thread::spawn(move || {
        let worker = parked.start();
        heap.step(cell);
        worker.poll();
        heap.step(cell);
    })
}

/// As [`polling`], for a worker that runs already.
fn running(heap: &Arc<Heap>, cell: usize, worker: Worker) -> thread::JoinHandle<()> {
    let heap = Arc::clone(heap);
    thread::spawn(move || {
        heap.step(cell);
        worker.poll();
        heap.step(cell);
    })
}

fn pause(coordinator: &SafepointCoordinator, heap: &Heap) {
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    heap.operate(&stopped);
}

fn join(threads: impl IntoIterator<Item = thread::JoinHandle<()>>) {
    for thread in threads {
        thread.join().expect("no thread panics");
    }
}

fn two_workers_stop() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let threads = [0, 1].map(|cell| running(&heap, cell, coordinator.register_worker()));
    pause(&coordinator, &heap);
    join(threads);
}

fn pauses_back_to_back() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let thread = running(&heap, 0, coordinator.register_worker());
    pause(&coordinator, &heap);
    pause(&coordinator, &heap);
    join([thread]);
}

fn a_newcomer_parks() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let thread = thread::spawn({
        let (coordinator, heap) = (coordinator.clone(), Arc::clone(&heap));
        move || {
            let worker = coordinator.register_worker();
            heap.step(0);
            drop(worker);
        }
    });
    pause(&coordinator, &heap);
    join([thread]);
}

fn a_freed_slot_is_claimed() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    drop(coordinator.register_parked());
    let thread = thread::spawn({
        let (coordinator, heap) = (coordinator.clone(), Arc::clone(&heap));
        move || {
            let worker = coordinator.register_worker();
            heap.step(0);
            drop(worker);
        }
    });
    pause(&coordinator, &heap);
    join([thread]);
}

fn a_safe_region_is_crossed() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let worker = coordinator.register_worker();
    let thread = thread::spawn({
        let heap = Arc::clone(&heap);
        move || {
            heap.step(0);
            drop(worker.enter_safe_region());
            heap.step(0);
        }
    });
    pause(&coordinator, &heap);
    pause(&coordinator, &heap);
    join([thread]);
}

fn a_worker_dies() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let worker = coordinator.register_worker();
    let dying = thread::spawn({
        let (coordinator, heap) = (coordinator.clone(), Arc::clone(&heap));
        move || {
            heap.step(0);
            // As if its thread were gone: the handle is never dropped.
            let id = worker.id();
            std::mem::forget(worker);
            coordinator.mark_dead(id);
        }
    });
    let other = running(&heap, 1, coordinator.register_worker());
    pause(&coordinator, &heap);
    join([dying, other]);
}

fn a_pause_is_cancelled() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let thread = running(&heap, 0, coordinator.register_worker());
    let token = coordinator.cancel_token();
    let canceller = thread::spawn({
        let token = token.clone();
        move || token.cancel()
    });
    let options = PauseOptions { cancel: Some(token), ..PauseOptions::default() };
    match coordinator.request_with(StopReason::Snapshot, &options) {
        Ok(stopped) => heap.operate(&stopped),
        Err(error) => assert_eq!(error, PauseError::Cancelled),
    }
    pause(&coordinator, &heap);
    join([thread, canceller]);
}

fn two_requesters_take_turns() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let thread = running(&heap, 0, coordinator.register_worker());
    let other = thread::spawn({
        let (coordinator, heap) = (coordinator.clone(), Arc::clone(&heap));
        move || pause(&coordinator, &heap)
    });
    pause(&coordinator, &heap);
    join([thread, other]);
}

fn asking(heap: &Arc<Heap>, cell: usize, worker: Worker) -> thread::JoinHandle<()> {
    let heap = Arc::clone(heap);
    thread::spawn(move || {
        heap.step(cell);
        let stopped = worker.request_stw_pause(StopReason::GarbageCollection).expect("granted");
        heap.operate(&stopped);
        drop(stopped);
        heap.step(cell);
    })
}

fn a_worker_asks() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let threads = [
        asking(&heap, 0, coordinator.register_worker()),
        running(&heap, 1, coordinator.register_worker()),
    ];
    join(threads);
}

fn two_workers_ask_at_once() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let threads = [0, 1].map(|cell| asking(&heap, cell, coordinator.register_worker()));
    join(threads);
}

/// The closure touches the worker's cell: it runs on the worker's thread or while the worker cannot
/// leave its region, and never beside it.
fn a_handshake_meets_a_safe_region() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let parked = coordinator.register_parked();
    let target = HandshakeTarget::Worker(parked.id());
    let thread = polling(&heap, 0, parked);
    let touched = Arc::clone(&heap);
    let report = coordinator.handshake(target, move |_| touched.step(0));
    assert_eq!(report.ran.len() + report.missed.len(), 1);
    join([thread]);
}

/// Touches the first worker's cell, which the holder touches again when the work is done.
struct Touch(Arc<Heap>);

impl SharedWork for Touch {
    fn help(&self, _: WorkerId) {
        self.0.step(0);
    }

    fn abandon(&self) {
        unreachable!("nobody dies here");
    }
}

/// One place and two workers, one of them leaving a safe region: one of them helps, or nobody.
fn stopped_workers_help() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let threads = [
        running(&heap, 0, coordinator.register_worker()),
        polling(&heap, 1, coordinator.register_parked()),
    ];
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    let work: std::sync::Arc<dyn SharedWork> = std::sync::Arc::new(Touch(Arc::clone(&heap)));
    let ((), report) = stopped.with_help(1, &work, || heap.step(1));
    assert!(report.helped <= 1 && !report.lost, "{report:?}");
    heap.operate(&stopped);
    drop(stopped);
    join(threads);
}

/// Dies as a thread does that is terminated: what it began never comes back.
struct Grave {
    coordinator: SafepointCoordinator,
    forgotten: Notify,
    abandoned: std::sync::atomic::AtomicBool,
}

impl SharedWork for Grave {
    fn help(&self, worker: WorkerId) {
        assert!(self.coordinator.mark_dead(worker));
        self.forgotten.wait();
    }

    fn abandon(&self) {
        self.abandoned.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

fn a_worker_dies_while_it_helps() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let worker = coordinator.register_worker();
    let thread = thread::spawn({
        let heap = Arc::clone(&heap);
        move || {
            heap.step(0);
            worker.poll();
        }
    });
    let grave = std::sync::Arc::new(Grave {
        coordinator: coordinator.clone(),
        forgotten: Notify::new(),
        abandoned: false.into(),
    });
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    let work = std::sync::Arc::clone(&grave) as std::sync::Arc<dyn SharedWork>;
    let ((), report) = stopped.with_help(1, &work, || heap.step(1));
    let lost = grave.abandoned.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(report, HelpReport { helped: lost.into(), lost });
    heap.operate(&stopped);
    grave.forgotten.notify();
    drop(stopped);
    join([thread]);
}
