//! What a runtime adds: reasons, data of its workers, a visitor of arrivals, a limit that is a poll, a note.
#![cfg(not(any(loom, shuttle, target_arch = "wasm32")))]

mod support;

use safepoint::{
    Config, Event, Observer, Place, PollLimit, Reason, SafepointCoordinator, StopReason, WorkerId,
    clock::Timestamp,
};
use std::{
    cell::RefCell,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};
use support::{Crew, Straggling, eventually};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Collect,
    Deoptimise,
    /// Not in [`Why::ALL`].
    Forgotten,
}

impl Reason for Why {
    const ALL: &'static [Self] = &[Self::Collect, Self::Deoptimise];

    fn priority(self) -> u32 {
        u32::from(self == Self::Deoptimise)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// A thread's roots.
type Roots = Mutex<Vec<u32>>;

#[test]
fn reasons_are_the_runtimes_own() {
    let coordinator: SafepointCoordinator<Why> = SafepointCoordinator::of(Config::default());
    let order = Mutex::new(Vec::new());
    let held = coordinator.request_stw_pause(Why::Collect).expect("granted");
    assert_eq!(coordinator.current_reason(), Some(Why::Collect));
    thread::scope(|scope| {
        for (waiting, why) in [(1, Why::Collect), (2, Why::Deoptimise), (3, Why::Forgotten)] {
            let (coordinator, order) = (&coordinator, &order);
            scope.spawn(move || {
                let world = coordinator.request_stw_pause(why).expect("granted");
                order.lock().expect("no panic").push(world.reason());
            });
            eventually("the request waits", || coordinator.pending_requests() == waiting);
        }
        drop(held);
    });
    let order = order.into_inner().expect("no panic");
    assert_eq!(order, [Why::Deoptimise, Why::Collect, Why::Forgotten]);
    let stats = coordinator.stats();
    assert_eq!(stats.of(Why::Collect).requests, 2);
    assert_eq!(stats.of(Why::Deoptimise).pauses, 1);
    assert_eq!(stats.of(Why::Forgotten).pauses, 0, "this reason is not in `ALL`");
    let world = coordinator.request_stw_pause(Why::Forgotten).expect("granted");
    assert!(coordinator.is_pause_pending());
    assert_eq!(coordinator.current_reason(), None);
    let busy = coordinator.request(Why::Collect).try_stop().expect_err("the world is taken");
    assert!(busy.to_string().contains("Forgotten"), "{busy}");
    drop(world);
}

#[test]
fn the_holder_reads_the_data_of_living_workers() {
    let coordinator: SafepointCoordinator<StopReason, Roots> =
        SafepointCoordinator::of(Config::default());
    let first = coordinator.register_with(Mutex::new(vec![1]));
    let second = coordinator.register_with(Mutex::new(vec![2]));
    first.data().lock().expect("no panic").push(10);
    // The second stays in this safe region, because it is declared dead below.
    std::mem::forget(second.enter_safe_region());
    let roots = || {
        let region = first.enter_safe_region();
        let world = coordinator.request_stw_pause(StopReason::GarbageCollection).expect("granted");
        let newcomer = coordinator.register_parked_with(Mutex::new(vec![3]));
        let workers = world.workers();
        let roots: Vec<_> = workers
            .iter()
            .map(|worker| (worker.id(), worker.data().lock().expect("no panic").clone()))
            .collect();
        drop((world, region));
        (newcomer.id(), roots)
    };
    let (newcomer, seen) = roots();
    assert_eq!(seen, [(first.id(), vec![1, 10]), (second.id(), vec![2]), (newcomer, vec![3])]);
    let handle = second.handle();
    assert_eq!(handle.data().map(|data| data.lock().expect("no panic").len()), Some(1));
    // SAFETY: from here on this worker changes nothing but its own count of safe regions.
    unsafe { handle.mark_dead() };
    let (newcomer, seen) = roots();
    assert_eq!(seen, [(first.id(), vec![1, 10]), (newcomer, vec![3])]);
    drop(second);
    assert!(handle.data().is_none());
}

#[test]
fn a_slot_that_is_used_again_has_the_data_and_the_place_of_its_own_worker() {
    let coordinator: SafepointCoordinator<StopReason, u32> =
        SafepointCoordinator::of(Config::default());
    let worker = coordinator.register_with(1);
    worker.note(Place::at(9));
    // Here it stops, as for a pause.
    drop(worker.enter_safe_region());
    drop(worker);
    let _parked = coordinator.register_parked_with(2);
    let world = coordinator.request_stw_pause(StopReason::Debug).expect("granted");
    let workers = world.workers();
    let [worker] = workers.as_slice() else { panic!("{workers:?}") };
    assert_eq!((*worker.data(), worker.place()), (2, None));
}

#[test]
fn arrivals_are_visited_while_another_worker_is_late() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 2);
    let late = Straggling::start(&coordinator, Place::at(7));
    let parked = coordinator.register_parked();
    let visited = RefCell::new(Vec::new());
    let request = coordinator.request(StopReason::GarbageCollection).on_arrival(|worker| {
        visited.borrow_mut().push((worker.id(), worker.place()));
        if visited.borrow().len() == 3 {
            // The straggler stops only when all others were visited.
            late.let_go();
        }
    });
    let stopped = request.stop().expect("granted");
    crew.stands_still(&stopped);
    drop(stopped);
    let mut visited = visited.into_inner();
    assert_eq!(visited.pop(), Some((late.id, Some(Place::at(7)))));
    let mut ids: Vec<_> = visited.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    let mut others = crew.ids.clone();
    others.push(parked.id());
    assert_eq!(ids, others);
    crew.finish();
}

#[test]
fn a_worker_visits_itself_and_the_others() {
    let coordinator = SafepointCoordinator::new();
    let worker = coordinator.register_worker();
    let other = coordinator.register_parked();
    let mut visited = Vec::new();
    let request = worker.request(StopReason::Debug).on_arrival(|of| visited.push(of.id()));
    drop(request.stop().expect("granted"));
    assert_eq!(visited, [worker.id(), other.id()]);
}

#[test]
fn a_request_that_joins_visits_no_worker() {
    let coordinator = SafepointCoordinator::new();
    let late = Straggling::start(&coordinator, Place::default());
    thread::scope(|scope| {
        let first = scope.spawn(|| coordinator.request_stw_pause(StopReason::Debug));
        eventually("it has armed", || coordinator.current_reason().is_some());
        let joins = scope.spawn(|| {
            let mut visits = 0;
            let request = coordinator.request(StopReason::Debug).on_arrival(|_| visits += 1);
            let joined = request.stop().expect("granted").joined();
            (joined, visits)
        });
        eventually("it waits", || coordinator.pending_requests() == 1);
        late.let_go();
        drop(first.join().expect("no panic").expect("granted"));
        assert_eq!(joins.join().expect("no panic"), (true, 0));
    });
}

#[test]
fn a_visitor_that_panics_leaves_the_world_running() {
    let coordinator = SafepointCoordinator::new();
    let crew = Crew::start(&coordinator, 3);
    let mut visits = 0;
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let request = coordinator.request(StopReason::Snapshot).on_arrival(|_| {
            visits += 1;
            std::panic::panic_any(17_u8);
        });
        request.stop().map(drop)
    }));
    let payload = caught.expect_err("the visitor panicked");
    assert_eq!(payload.downcast_ref::<u8>(), Some(&17));
    assert_eq!(visits, 1);
    assert!(!coordinator.is_pause_pending());
    crew.runs_on();
    crew.finish();

    let worker = coordinator.register_worker();
    let _other = coordinator.register_parked();
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let request = worker.request(StopReason::Snapshot).on_arrival(|_| panic!("again"));
        request.stop().map(drop)
    }));
    assert!(caught.is_err() && !coordinator.is_pause_pending());
    worker.poll();
}

#[test]
fn a_limit_fails_only_when_the_worker_must_stop() {
    let coordinator = SafepointCoordinator::new();
    let parked = coordinator.register_parked();
    let (handle, end) = (parked.handle(), AtomicBool::new(false));
    let polls = AtomicU64::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            let worker = parked.start();
            assert_eq!(worker.limit().get(), 0, "a limit is poisoned until it is set");
            worker.set_limit(1000);
            while !end.load(Ordering::Relaxed) {
                if worker.limit().get() < 1000 {
                    polls.fetch_add(1, Ordering::Relaxed);
                    worker.poll();
                    worker.set_limit(1000);
                }
            }
        });
        for pause in 1..=50 {
            drop(coordinator.request_stw_pause(StopReason::Debug).expect("granted"));
            let ran = Arc::new(AtomicBool::new(false));
            handle.post({
                let ran = Arc::clone(&ran);
                move |_| ran.store(true, Ordering::Relaxed)
            });
            eventually("the closure runs", || ran.load(Ordering::Relaxed));
            let so_far = polls.load(Ordering::Relaxed);
            assert!(so_far <= 3 * pause, "{so_far} slow paths for {pause} pauses and closures");
        }
        end.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_lower_limit_is_poisoned_with_the_largest_number() {
    let config = Config { poison: u64::MAX, ..Config::default() };
    let coordinator = SafepointCoordinator::with_config(config);
    let worker = coordinator.register_worker();
    let read = |limit: &PollLimit| {
        // SAFETY: the worker is registered, so the word is there.
        unsafe { limit.address().read_volatile() }
    };
    assert_eq!(read(worker.limit()), u64::MAX);
    worker.set_limit(4096);
    assert_eq!((read(worker.limit()), worker.limit().get()), (4096, 4096));
    // The worker runs, so the closure waits for its poll.
    worker.handle().post(|_| ());
    assert_eq!(worker.limit().get(), u64::MAX);
    worker.set_limit(4096);
    assert_eq!(worker.limit().get(), u64::MAX, "the closure still waits");
    worker.poll();
    worker.set_limit(4096);
    assert_eq!(worker.limit().get(), 4096);
    // SAFETY: it touches nothing that a stopped world protects.
    unsafe { worker.handle().mark_dead() };
    assert_eq!(worker.limit().get(), u64::MAX, "a thread whose worker is dead must come to a poll");
    std::mem::forget(worker);
}

/// Collects the notes of requests.
#[derive(Default)]
struct Notes(Mutex<Vec<Option<Arc<str>>>>);

impl Observer for Notes {
    fn observe(&self, _: Option<WorkerId>, _: Timestamp, event: &Event) {
        if let Event::Requested { note, .. } | Event::Armed { note, .. } = event {
            self.0.lock().expect("no panic").push(note.clone());
        }
    }
}

#[test]
fn a_note_travels_with_its_request() {
    let notes = Arc::new(Notes::default());
    let config = Config { observer: Some(Arc::clone(&notes) as _), ..Config::default() };
    let coordinator = SafepointCoordinator::with_config(config);
    let noted = coordinator.request(StopReason::Debug).note("a button");
    let report = noted.stop().expect("granted").resume_from_pause();
    assert_eq!(report.note.as_deref(), Some("a button"));
    drop(coordinator.request_stw_pause(StopReason::Debug).expect("granted"));
    let seen = notes.0.lock().expect("no panic");
    let seen: Vec<_> = seen.iter().map(|note| note.as_deref()).collect();
    assert_eq!(seen, [Some("a button"), Some("a button"), None, None]);
}
