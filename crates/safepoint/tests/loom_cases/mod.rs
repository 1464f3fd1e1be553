//! Small cases in which loom checks every access to the data that a pause protects: a worker writes a
//! cell while it runs, the holder reads and writes all cells, and the model fails if nothing orders two
//! accesses. A lost wake-up shows as a deadlock.

use loom::{
    cell::UnsafeCell,
    sync::{Arc, Notify},
    thread,
};
use safepoint::clock::Timestamp;
use safepoint::{
    Answer, CancelToken, Config, Event, HandshakeTarget, Observer, ParkedWorker, PauseError,
    SafepointCoordinator, SharedWork, StopReason, StoppedWorld, Worker, WorkerHandle, WorkerId,
};
use std::{
    panic::{self, AssertUnwindSafe},
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

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
    ("a_requester_is_declared_dead", a_requester_is_declared_dead),
    ("a_request_is_forgotten_before_it_arms", a_request_is_forgotten),
    ("a_post_meets_the_next_owner_of_a_slot", somebody_posts_to_a_used_slot),
    ("a_burial_meets_the_next_owner_of_a_slot", somebody_buries_in_a_used_slot),
    ("a_posted_closure_panics", a_posted_closure_panics),
    ("the_dead_do_not_walk", the_dead_do_not_walk),
    ("what_another_did_is_not_done_twice", what_another_did_is_not_done_twice),
    ("a_poisoned_limit_is_not_lost", a_poisoned_limit_is_not_lost),
    ("arrivals_are_visited", arrivals_are_visited),
];

/// The message of panics that a case wants.
const PART_OF_THE_TEST: &str = "part of the test";

/// Whether `f` returns without a panic. Panics that a case wants are not printed.
fn survives(f: impl FnOnce()) -> bool {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let text = info.payload_as_str().unwrap_or_default();
            if !text.contains("was declared dead") && text != PART_OF_THE_TEST {
                usual(info);
            }
        }));
    });
    panic::catch_unwind(AssertUnwindSafe(f)).is_ok()
}

/// Declares a worker dead. From then on its thread touches nothing that a pause protects.
fn bury(worker: &WorkerHandle) -> bool {
    // SAFETY: as above; loom fails the model otherwise.
    unsafe { worker.mark_dead() }
}

/// Cases with so many steps that a test explores only one preemption. The deep run explores more.
const LONG_CASES: [&str; 1] = ["a_requester_is_declared_dead"];

/// Explores one case.
pub fn check(name: &str) {
    let (_, case) = CASES.iter().find(|(known, _)| *known == name).expect("a case of that name");
    let mut model = loom::model::Builder::new();
    if model.preemption_bound.is_none() {
        model.preemption_bound = Some(if LONG_CASES.contains(&name) { 1 } else { 2 });
    }
    model.check(*case);
}

/// The data that workers share, and touch only while they run.
struct Heap {
    cells: [UnsafeCell<u32>; 2],
}

// SAFETY: loom checks that accesses to the cells are ordered, and this is what the cases test.
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
            // SAFETY: as in `step`.
            cell.with_mut(|value| unsafe { *value += 100 });
        }
    }
}

/// No rest between pauses: the model's clock stands still.
fn config() -> Config {
    Config { min_running_interval: Duration::ZERO, ..Config::default() }
}

fn coordinator() -> SafepointCoordinator {
    SafepointCoordinator::with_config(config())
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
        let heap = Arc::clone(&heap);
        move || {
            heap.step(0);
            // As if its thread were gone: the `Worker` is never dropped.
            let handle = worker.handle();
            std::mem::forget(worker);
            bury(&handle);
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
    match coordinator.request(StopReason::Snapshot).cancel(&token).stop() {
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

fn requesting(heap: &Arc<Heap>, cell: usize, worker: Worker) -> thread::JoinHandle<()> {
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
        requesting(&heap, 0, coordinator.register_worker()),
        running(&heap, 1, coordinator.register_worker()),
    ];
    join(threads);
}

fn two_workers_ask_at_once() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let threads = [0, 1].map(|cell| requesting(&heap, cell, coordinator.register_worker()));
    join(threads);
}

/// The closure touches the worker's cell. It runs on the worker's thread, or while the worker cannot
/// leave its region, and never at the same time as the worker.
fn a_handshake_meets_a_safe_region() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let parked = coordinator.register_parked();
    let target = HandshakeTarget::Worker(parked.handle());
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
        unreachable!("no worker dies here");
    }
}

/// One place and two workers, one of which leaves a safe region: at most one of them helps.
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

/// Work that its helper never returns from, as if the helper's thread were terminated.
struct Grave {
    worker: WorkerHandle,
    forgotten: Notify,
    abandoned: AtomicBool,
}

impl SharedWork for Grave {
    fn help(&self, worker: WorkerId) {
        assert_eq!(worker, self.worker.id());
        assert!(bury(&self.worker));
        self.forgotten.wait();
    }

    fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

fn a_worker_dies_while_it_helps() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let worker = coordinator.register_worker();
    let grave = std::sync::Arc::new(Grave {
        worker: worker.handle(),
        forgotten: Notify::new(),
        abandoned: false.into(),
    });
    let thread = thread::spawn({
        let heap = Arc::clone(&heap);
        move || {
            heap.step(0);
            // The poll panics if the worker was declared dead.
            survives(|| worker.poll());
        }
    });
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
    let work = std::sync::Arc::clone(&grave) as std::sync::Arc<dyn SharedWork>;
    let ((), report) = stopped.with_help(1, &work, || heap.step(1));
    let lost = grave.abandoned.load(Ordering::Relaxed);
    assert_eq!((report.helped, report.lost), (lost.into(), lost));
    heap.operate(&stopped);
    grave.forgotten.notify();
    drop(stopped);
    join([thread]);
}

/// Notifies when the first pause has armed.
struct FirstArmed(Notify);

impl Observer for FirstArmed {
    fn observe(&self, _: Option<WorkerId>, _: Timestamp, event: &Event) {
        if matches!(event, Event::Armed { pause, .. } if pause.number() == 1) {
            self.0.notify();
        }
    }
}

/// Requests a pause on a new thread, also if the worker was declared dead.
fn requesting_until(worker: Worker, token: CancelToken) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        survives(|| drop(worker.request(StopReason::Snapshot).cancel(&token).stop()));
    })
}

/// The dead requester's thread lives, is cancelled, and gives up while another pause is under way. Both
/// pauses wait for a worker that deregisters.
fn a_requester_is_declared_dead() {
    let armed = std::sync::Arc::new(FirstArmed(Notify::new()));
    let config = Config { observer: Some(std::sync::Arc::clone(&armed) as _), ..config() };
    let coordinator = SafepointCoordinator::with_config(config);
    let (late, worker) = (coordinator.register_worker(), coordinator.register_worker());
    let (handle, token) = (worker.handle(), coordinator.cancel_token());
    let requester = requesting_until(worker, token.clone());
    armed.0.wait();
    token.cancel();
    bury(&handle);
    let ending = thread::spawn(move || drop(late));
    drop(coordinator.request_stw_pause(StopReason::Debug));
    join([requester, ending]);
}

/// The dead requester's thread lives, and comes to arming when another request has armed.
fn a_request_is_forgotten() {
    let coordinator = coordinator();
    let worker = coordinator.register_worker();
    let handle = worker.handle();
    let requester = requesting_until(worker, coordinator.cancel_token());
    bury(&handle);
    drop(coordinator.request_stw_pause(StopReason::Debug));
    join([requester]);
}

/// Registers after `parked` has left its slot, runs and ends.
fn next_owner(
    coordinator: &SafepointCoordinator,
    heap: &Arc<Heap>,
    parked: ParkedWorker,
) -> thread::JoinHandle<()> {
    let (coordinator, heap) = (coordinator.clone(), Arc::clone(heap));
    thread::spawn(move || {
        drop(parked);
        let worker = coordinator.register_worker();
        heap.step(0);
        worker.poll();
        heap.step(0);
    })
}

/// The closure runs on the poster's thread, for the worker that it was posted to, or not at all.
fn somebody_posts_to_a_used_slot() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let parked = coordinator.register_parked();
    let handle = parked.handle();
    let thread = next_owner(&coordinator, &heap, parked);
    let here = thread::current().id();
    let elsewhere = std::sync::Arc::new(AtomicBool::new(false));
    handle.post({
        let (heap, elsewhere) = (Arc::clone(&heap), std::sync::Arc::clone(&elsewhere));
        move |_| {
            elsewhere.store(thread::current().id() != here, Ordering::Relaxed);
            heap.step(0);
        }
    });
    join([thread]);
    assert!(!elsewhere.load(Ordering::Relaxed), "the closure ran for the next owner of the slot");
}

fn somebody_buries_in_a_used_slot() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let parked = coordinator.register_parked();
    let handle = parked.handle();
    let thread = next_owner(&coordinator, &heap, parked);
    bury(&handle);
    pause(&coordinator, &heap);
    join([thread]);
}

/// The worker counts as stopped exactly as long as it has a guard.
fn a_posted_closure_panics() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let worker = coordinator.register_worker();
    let handle = worker.handle();
    let thread = thread::spawn({
        let heap = Arc::clone(&heap);
        move || {
            survives(|| drop(worker.enter_safe_region()));
            heap.step(0);
        }
    });
    survives(|| {
        handle.post(|_| panic!("{PART_OF_THE_TEST}"));
    });
    pause(&coordinator, &heap);
    join([thread]);
}

/// The dead worker's thread ends its safe region and would run on, which it must not in a stopped world.
fn the_dead_do_not_walk() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let worker = coordinator.register_worker();
    let handle = worker.handle();
    let thread = thread::spawn({
        let heap = Arc::clone(&heap);
        move || {
            let region = worker.enter_safe_region();
            survives(|| drop(region));
            heap.step(0);
        }
    });
    let stopped = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
    bury(&handle);
    heap.operate(&stopped);
    drop(stopped);
    join([thread]);
}

/// Two workers request the same operation. It is done when either of them runs on.
fn what_another_did_is_not_done_twice() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let threads = [0, 1].map(|cell| {
        let (heap, worker) = (Arc::clone(&heap), coordinator.register_worker());
        thread::spawn(move || {
            heap.step(cell);
            match worker.request(StopReason::GarbageCollection).stop_unless_done() {
                Ok(Answer::World(stopped)) => {
                    heap.operate(&stopped);
                    stopped.operation_done();
                }
                Ok(Answer::Done(_)) => {}
                Err(error) => unreachable!("{error}"),
            }
            heap.step(cell);
        })
    });
    join(threads);
}

/// A signal that one thread waits for. loom wakes a waiter of [`Notify`] without a reason, too.
struct Signal {
    given: loom::sync::atomic::AtomicBool,
    bell: Notify,
}

impl Signal {
    fn new() -> Self {
        Self { given: loom::sync::atomic::AtomicBool::new(false), bell: Notify::new() }
    }

    fn give(&self) {
        self.given.store(true, Ordering::Release);
        self.bell.notify();
    }

    fn wait(&self) {
        while !self.given.load(Ordering::Acquire) {
            self.bell.wait();
        }
    }
}

impl Observer for Signal {
    fn observe(&self, _: Option<WorkerId>, _: Timestamp, event: &Event) {
        if matches!(event, Event::Armed { .. }) {
            self.give();
        }
    }
}

/// A worker sets its limit while a pause arms: when the pause has armed, the limit fails.
fn a_poisoned_limit_is_not_lost() {
    let armed = std::sync::Arc::new(Signal::new());
    let config = Config { observer: Some(std::sync::Arc::clone(&armed) as _), ..config() };
    let coordinator = SafepointCoordinator::with_config(config);
    let worker = coordinator.register_worker();
    let thread = thread::spawn(move || {
        worker.set_limit(100);
        armed.wait();
        assert_eq!(worker.limit().get(), 0, "the poison was lost");
        worker.poll();
    });
    drop(coordinator.request_stw_pause(StopReason::Debug));
    join([thread]);
}

/// The requester visits the first worker as soon as that has stopped; the second stops only then.
fn arrivals_are_visited() {
    let (coordinator, heap) = (coordinator(), Heap::new());
    let (visited, released) = (Arc::new(Signal::new()), Arc::new(Signal::new()));
    let first = thread::spawn({
        let (heap, released) = (Arc::clone(&heap), Arc::clone(&released));
        let worker = coordinator.register_worker();
        move || {
            heap.step(0);
            // Registered until the end: a worker that is gone is not visited.
            let region = worker.enter_safe_region();
            released.wait();
            drop(region);
            heap.step(0);
        }
    });
    let second = thread::spawn({
        let (visited, worker) = (Arc::clone(&visited), coordinator.register_worker());
        move || {
            visited.wait();
            worker.poll();
        }
    });
    let request = coordinator.request(StopReason::GarbageCollection).on_arrival(|worker| {
        if worker.id().number() == 0 {
            // SAFETY: as for steps.
            heap.cells[0].with_mut(|value| unsafe { *value += 100 });
            visited.give();
        }
    });
    drop(request.stop().expect("granted"));
    released.give();
    join([first, second]);
}
