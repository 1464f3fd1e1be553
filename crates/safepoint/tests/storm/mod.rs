//! A storm: threads that register, deregister, poll, block, request pauses, shake hands and die in a
//! random order. The same seed repeats the order as far as the scheduler permits.
//!
//! The same storm runs on threads of the system, on Web Workers and, under `--cfg shuttle`, on a
//! scheduler that chooses at random and can replay its choices.

use safepoint::{
    Answer, Config, HandshakeTarget, PauseRequest, Place, SafepointCoordinator, SharedWork,
    StopReason, WorkerId,
};
use std::cell::UnsafeCell;
use std::time::Duration;

#[cfg(shuttle)]
use shuttle::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};
#[cfg(not(shuttle))]
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
#[cfg(not(any(shuttle, target_arch = "wasm32")))]
use std::thread;
#[cfg(target_arch = "wasm32")]
use web_threads as thread;

/// Threads of a rayon pool, with the interface of the system's. The pool must have one thread more than
/// a storm has workers and requesters, for the threads that these start.
#[cfg(target_arch = "wasm32")]
mod web_threads {
    use std::sync::mpsc::{Receiver, RecvError, channel};
    pub use std::thread::yield_now;

    pub struct JoinHandle(Receiver<()>);

    impl JoinHandle {
        /// Fails if the job did not come to its end.
        pub fn join(self) -> Result<(), RecvError> {
            self.0.recv()
        }
    }

    pub fn spawn(job: impl FnOnce() + Send + 'static) -> JoinHandle {
        let (ended, end) = channel();
        rayon::spawn(move || {
            job();
            // This fails if no thread waits for the end; the receiver is dropped then.
            let _ = ended.send(());
        });
        JoinHandle(end)
    }
}

/// The size of a storm.
#[derive(Clone, Copy)]
pub struct Size {
    /// Threads that are workers.
    pub workers: u64,
    /// Threads that only request pauses.
    pub requesters: u64,
    /// Random steps of each thread.
    pub steps: u64,
}

/// What happened, to notice a storm that did nothing.
#[derive(Debug, Default)]
pub struct Tally {
    pub granted: AtomicU32,
    pub given_up: AtomicU32,
    pub deaths: AtomicU32,
    pub handshakes: AtomicU32,
    /// Workers that helped, summed over pauses.
    pub helped: AtomicU32,
    /// Requests for an operation that another holder did.
    pub answered: AtomicU32,
}

/// A small generator of random numbers.
struct Dice(u64);

impl Dice {
    fn new(seed: u64, thread: u64) -> Self {
        Self(seed ^ (thread + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// A number below `sides`. (SplitMix64.)
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn reason(&mut self) -> StopReason {
        StopReason::ALL[self.roll(3) as usize]
    }
}

/// Work that stopped workers share.
#[derive(Default)]
struct Chore {
    begun: AtomicU32,
    inside: AtomicU32,
}

impl SharedWork for Chore {
    fn help(&self, _: WorkerId) {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.inside.fetch_add(1, Ordering::Relaxed);
        thread::yield_now();
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }

    fn abandon(&self) {
        unreachable!("no worker dies while it helps");
    }
}

/// A plain word, as in a virtual machine's heap: running workers read it, holders write it, and only the
/// protocol orders the two. A sanitizer detects accesses that it does not order.
struct Plain(UnsafeCell<u64>);

// SAFETY: the protocol orders all accesses, which the storm checks.
unsafe impl Sync for Plain {}

impl Plain {
    fn read(&self) -> u64 {
        // SAFETY: called only while the calling worker runs, when no thread may write.
        unsafe { *self.0.get() }
    }

    fn add_one(&self) {
        // SAFETY: called only while the calling thread holds the world, when no other may touch it.
        unsafe { *self.0.get() += 1 }
    }
}

/// The data of a worker: 1 while it is in an instruction, else 0.
type Inside = AtomicU32;

type Worker = safepoint::Worker<StopReason, Inside>;
type StoppedWorld<'w> = safepoint::StoppedWorld<'w, StopReason, Inside>;

/// The state that all threads of a storm share.
struct Storm {
    coordinator: SafepointCoordinator<StopReason, Inside>,
    /// Pauses so far.
    pauses: Plain,
    /// Workers inside an instruction.
    running: AtomicU32,
    /// Holders of the world.
    holding: AtomicU32,
    tally: Tally,
}

/// Runs a storm. Checks that no worker runs in a stopped world, and that no worker and no request is
/// left at the end.
pub fn storm(seed: u64, size: Size) -> Tally {
    let config = Config { min_running_interval: REST, ..Config::default() };
    let storm = Arc::new(Storm {
        coordinator: SafepointCoordinator::of(config),
        pauses: Plain(UnsafeCell::new(0)),
        running: AtomicU32::new(0),
        holding: AtomicU32::new(0),
        tally: Tally::default(),
    });
    let threads: Vec<_> = (0..size.workers + size.requesters)
        .map(|index| {
            let (storm, mut dice) = (Arc::clone(&storm), Dice::new(seed, index));
            thread::spawn(move || {
                if index < size.workers {
                    storm.work(&mut dice, size.steps);
                } else {
                    for _ in 0..size.steps / 4 {
                        storm.request(&mut dice);
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no thread of the storm panics");
    }
    assert_eq!(storm.coordinator.worker_count(), 0, "workers are left");
    assert!(!storm.coordinator.is_pause_pending(), "a request is left");
    drop(storm.coordinator.request_stw_pause(StopReason::Debug).expect("the storm is over"));
    Arc::into_inner(storm).expect("all threads have ended").tally
}

/// Short, so that there are many pauses. Zero in the model, whose clock stands still.
const REST: Duration = if cfg!(shuttle) { Duration::ZERO } else { Duration::from_micros(5) };

impl Storm {
    fn work(&self, dice: &mut Dice, steps: u64) {
        let mut worker = self.coordinator.register_worker();
        for step in 0..steps {
            self.instruction(&worker);
            match dice.roll(40) {
                0 => {
                    let gone = worker.handle();
                    drop(worker);
                    worker = self.coordinator.register_worker();
                    // By now another worker may have the slot.
                    assert!(!gone.post(|_| unreachable!("ran for another worker")));
                    // SAFETY: a worker that is gone does nothing.
                    assert!(!unsafe { gone.mark_dead() });
                }
                1 => {
                    self.die(worker, dice);
                    worker = self.coordinator.register_worker();
                }
                2 | 3 => self.request_as(&worker, dice),
                4 => self.shake_hands(&worker),
                5 => {
                    worker.handle().post(|_| ());
                }
                6..10 => {
                    let _outer = worker.enter_safe_region();
                    thread::yield_now();
                    if dice.roll(2) == 0 {
                        let _inner = worker.enter_safe_region();
                        worker.poll();
                    }
                }
                10 => {
                    let parked = self.coordinator.register_parked();
                    drop(parked);
                }
                11..20 => {
                    if worker.limit().get() == 0 {
                        worker.poll();
                        worker.set_limit(1 + step);
                    }
                }
                _ => worker.poll_at(Place::at(step)),
            }
        }
    }

    /// One step of the program, which never runs in a stopped world.
    fn instruction(&self, worker: &Worker) {
        self.running.fetch_add(1, Ordering::Relaxed);
        worker.data().store(1, Ordering::Relaxed);
        let before = self.pauses.read();
        assert_eq!(self.holding.load(Ordering::Relaxed), 0, "a worker runs in a stopped world");
        assert_eq!(self.pauses.read(), before, "a holder wrote while a worker ran");
        worker.data().store(0, Ordering::Relaxed);
        self.running.fetch_sub(1, Ordering::Relaxed);
    }

    /// The operation of a holder.
    fn operate(&self, stopped: &StoppedWorld<'_>, dice: &mut Dice) {
        assert_eq!(self.holding.fetch_add(1, Ordering::Relaxed), 0, "two hold the world");
        assert_eq!(self.running.load(Ordering::Relaxed), 0, "a worker runs in a stopped world");
        if dice.roll(8) == 0 {
            self.coordinator.handshake(HandshakeTarget::All, |_| ());
        }
        if dice.roll(3) == 0 {
            self.share(stopped, dice);
        }
        self.pauses.add_one();
        for worker in stopped.workers() {
            assert_eq!(worker.data().load(Ordering::Relaxed), 0, "a worker is in an instruction");
        }
        thread::yield_now();
        assert_eq!(self.running.load(Ordering::Relaxed), 0, "a worker runs in a stopped world");
        if dice.roll(2) == 0 {
            stopped.operation_done();
        }
        self.holding.fetch_sub(1, Ordering::Relaxed);
        self.tally.granted.fetch_add(1, Ordering::Relaxed);
    }

    /// Lets stopped workers help, and checks that all of them have come back.
    fn share(&self, stopped: &StoppedWorld<'_>, dice: &mut Dice) {
        let chore = std::sync::Arc::new(Chore::default());
        let work = std::sync::Arc::clone(&chore) as std::sync::Arc<dyn SharedWork>;
        let most = 1 + dice.roll(3) as u32;
        let ((), report) = stopped.with_help(most, &work, thread::yield_now);
        assert_eq!(chore.inside.load(Ordering::Relaxed), 0, "a worker still helps");
        assert_eq!(chore.begun.load(Ordering::Relaxed), report.helped);
        assert!(report.helped <= most && !report.lost, "{report:?}");
        self.tally.helped.fetch_add(report.helped, Ordering::Relaxed);
    }

    fn request(&self, dice: &mut Dice) {
        let reason = dice.reason();
        let answer = match dice.roll(5) {
            0 => self.coordinator.request(reason).try_stop(),
            1 => self.coordinator.request_stw_pause(reason),
            2 => {
                self.coordinator.cancel_pending();
                return;
            }
            _ => self.set(self.coordinator.request(reason), dice).stop(),
        };
        match answer {
            Ok(stopped) => self.operate(&stopped, dice),
            Err(_) => self.given_up(),
        }
    }

    fn request_as(&self, worker: &Worker, dice: &mut Dice) {
        let reason = dice.reason();
        let answer = match dice.roll(4) {
            0 => worker.request(reason).try_stop(),
            1 => worker.request_stw_pause(reason),
            2 => match worker.request(reason).stop_unless_done() {
                Ok(Answer::World(stopped)) => Ok(stopped),
                Ok(Answer::Done(_)) => {
                    self.tally.answered.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Err(error) => Err(error),
            },
            _ => self.set(worker.request(reason), dice).stop(),
        };
        match answer {
            Ok(stopped) if dice.roll(3) == 0 => {
                let (stopped, region) = stopped.hand_over();
                self.operate(&stopped, dice);
                drop(stopped);
                drop(region);
            }
            Ok(stopped) => self.operate(&stopped, dice),
            Err(_) => self.given_up(),
        }
    }

    /// Gives a request random settings.
    fn set<'a, A>(
        &self,
        request: PauseRequest<'a, A, StopReason, Inside>,
        dice: &mut Dice,
    ) -> PauseRequest<'a, A, StopReason, Inside> {
        let request = request.on_arrival(|worker| {
            assert_eq!(worker.data().load(Ordering::Relaxed), 0, "a worker that arrived runs");
        });
        let cancel = self.coordinator.cancel_token();
        let timeout = Duration::from_micros(dice.roll(300));
        match dice.roll(3) {
            0 => {
                let cancelled = cancel.clone();
                thread::spawn(move || cancelled.cancel());
                request.cancel(&cancel)
            }
            // The model's clock stands still, so no request times out there.
            _ if cfg!(shuttle) => request,
            1 => request.timeout(timeout),
            _ => request.deadline(timeout),
        }
    }

    fn given_up(&self) {
        self.tally.given_up.fetch_add(1, Ordering::Relaxed);
    }

    fn shake_hands(&self, worker: &Worker) {
        worker.handshake(HandshakeTarget::All, |_| ());
        self.tally.handshakes.fetch_add(1, Ordering::Relaxed);
    }

    /// The worker dies: by a panic, or without one, as if its thread were terminated. In the browser a
    /// panic would end the thread, which has more steps to do.
    fn die(&self, worker: Worker, dice: &mut Dice) {
        self.tally.deaths.fetch_add(1, Ordering::Relaxed);
        if cfg!(any(shuttle, target_arch = "wasm32")) || dice.roll(2) == 0 {
            let handle = worker.handle();
            std::mem::forget(worker);
            // SAFETY: the worker was leaked, so no thread can run as it any more.
            assert!(unsafe { handle.mark_dead() });
        } else {
            let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let _worker = worker;
                std::panic::resume_unwind(Box::new("part of the storm")); // runs no panic hook
            }));
            assert!(died.is_err());
        }
    }
}
