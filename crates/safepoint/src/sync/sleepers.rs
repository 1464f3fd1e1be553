//! Sleep for threads that have found nothing to do.

use super::{AtomicU32, AtomicU64, Futex, Ordering, fence};
use std::time::Duration;

/// Idle threads. Any of them can do any work.
///
/// No wake-up is lost, and each wakes one thread only. A thread that makes work ready publishes it,
/// fences, and reads the number of idle threads. A thread that wants to sleep counts itself, fences, and
/// checks for work. So either the first sees that the second is counted, or the second sees the work. If
/// the second is counted but not asleep yet, the bell has changed since it read it, so it does not fall
/// asleep. A thread that is woken for one piece of work and finds another takes that: the publisher of
/// the other piece has woken a thread as well, or no thread was left asleep.
///
/// If something will happen at a known time, one of the sleepers keeps the time: it sleeps until then at
/// most, the others without a limit. If the timekeeper does something else instead, it appoints another
/// ([`Sleepers::appoint`]).
pub struct Sleepers {
    /// Threads that sleep, are about to, or were just woken.
    idle: AtomicU32,
    bell: Futex,
    /// The time until which the timekeeper sleeps, in nanoseconds; [`NEVER`] if there is none.
    kept: AtomicU64,
}

/// No known time: no sleeper keeps the time.
pub const NEVER: u64 = u64::MAX;

/// A thread that is about to sleep and has found nothing to do.
#[must_use = "it is counted until it has slept"]
pub struct Announced {
    seen: u32,
}

impl Default for Sleepers {
    /// No thread sleeps.
    fn default() -> Self {
        Self { idle: AtomicU32::new(0), bell: Futex::new(0), kept: AtomicU64::new(NEVER) }
    }
}

impl Sleepers {
    /// Announces that this thread will sleep; `None` if `anything` finds work.
    pub fn announce(&self, anything: impl FnOnce() -> bool) -> Option<Announced> {
        let seen = self.bell.load();
        self.idle.fetch_add(1, Ordering::Relaxed);
        // Pairs with the fence in `wake_one`. Without both fences, each thread could miss what the other
        // wrote.
        fence(Ordering::SeqCst);
        if anything() {
            self.idle.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        Some(Announced { seen })
    }

    /// Sleeps until woken, and sometimes shorter. Sleeps at most until `next` nanoseconds, which is
    /// `left` from now, unless another sleeper keeps the time until `next` or earlier.
    pub fn sleep(&self, announced: Announced, next: u64, left: Duration) {
        // Relaxed: ordered by the fences, like the number of idle threads.
        let keeps = next != NEVER && self.kept.fetch_min(next, Ordering::Relaxed) > next;
        if !(keeps && left.is_zero()) {
            self.bell.wait(announced.seen, keeps.then_some(left));
        }
        if keeps {
            // Another sleeper may keep an earlier time by now; that stays.
            let _ = self.kept.compare_exchange(next, NEVER, Ordering::Relaxed, Ordering::Relaxed);
        }
        self.idle.fetch_sub(1, Ordering::Relaxed);
    }

    /// Wakes one thread if no sleeper keeps the time until `next`. That thread finds nothing to do, and
    /// keeps the time when it sleeps again. For a thread that is about to do something else.
    pub fn appoint(&self, next: u64) {
        if next < self.kept.load(Ordering::Relaxed) {
            self.wake_one();
        }
    }

    /// Forgets the timekeeper and wakes all sleepers, because a thread is gone that may have kept the
    /// time.
    pub fn start_anew(&self) {
        self.kept.store(NEVER, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        self.wake_all();
    }

    /// Wakes one thread, if one sleeps, after a piece of work was published.
    pub fn wake_one(&self) {
        // Pairs with the fence in `announce`.
        fence(Ordering::SeqCst);
        self.rouse(1);
    }

    /// Wakes up to `most` of the threads that sleep now.
    pub fn rouse(&self, most: u32) {
        if self.idle.load(Ordering::Relaxed) > 0 {
            self.bell.bump();
            self.bell.wake(most);
        }
    }

    /// Wakes all sleepers, and every thread that is about to sleep.
    pub fn wake_all(&self) {
        self.bell.ring();
    }
}

#[cfg(all(test, loom))]
mod model {
    use super::*;
    use loom::{sync::Arc, thread};

    /// Work that is published with nothing but the fences to order it.
    struct Counter {
        sleepers: Sleepers,
        ready: AtomicU32,
    }

    impl Counter {
        fn publish(&self) {
            self.ready.fetch_add(1, Ordering::Relaxed);
            self.sleepers.wake_one();
        }

        /// Takes one piece, sleeping until there is one.
        fn take(&self) {
            loop {
                let ready = self.ready.load(Ordering::Relaxed);
                if ready > 0 {
                    let taken = self.ready.compare_exchange(
                        ready,
                        ready - 1,
                        Ordering::Relaxed,
                        Ordering::Relaxed,
                    );
                    match taken {
                        Ok(_) => return,
                        Err(_) => continue,
                    }
                }
                let anything = || self.ready.load(Ordering::Relaxed) > 0;
                if let Some(announced) = self.sleepers.announce(anything) {
                    self.sleepers.sleep(announced, NEVER, Duration::ZERO);
                }
            }
        }
    }

    /// A lost wake-up is a deadlock, which loom reports.
    fn explore(takers: u32, publishers: u32, each: u32) {
        let mut model = loom::model::Builder::new();
        if model.preemption_bound.is_none() {
            model.preemption_bound = Some(2);
        }
        model.check(move || {
            let sleepers = Sleepers::default();
            let place = Arc::new(Counter { sleepers, ready: AtomicU32::new(0) });
            let takers: Vec<_> = (0..takers)
                .map(|_| {
                    let place = Arc::clone(&place);
                    thread::spawn(move || place.take())
                })
                .collect();
            let others: Vec<_> = (1..publishers)
                .map(|_| {
                    let place = Arc::clone(&place);
                    thread::spawn(move || (0..each).for_each(|_| place.publish()))
                })
                .collect();
            (0..each).for_each(|_| place.publish());
            for thread in takers.into_iter().chain(others) {
                thread.join().expect("no thread panics");
            }
        });
    }

    #[test]
    fn one_sleeper_is_woken() {
        explore(1, 1, 1);
    }

    #[test]
    fn two_pieces_wake_two_sleepers() {
        explore(2, 1, 2);
    }

    #[test]
    fn two_publishers_wake_two_sleepers() {
        explore(2, 2, 1);
    }
}
