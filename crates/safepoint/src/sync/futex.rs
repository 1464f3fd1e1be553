//! A word that threads can sleep on.

use super::{AtomicU32, Ordering, park::Parking};
use std::time::Duration;

/// A `u32` with a queue of sleepers.
///
/// No wake-up is lost if the waiter reads the word *before* it checks its condition, and the waker
/// makes the condition true *before* it changes the word. Then either the waiter sees the condition,
/// or the word has changed since it read it, and [`Futex::wait`] returns at once.
pub struct Futex {
    word: AtomicU32,
    parking: Parking,
}

impl Futex {
    /// A word with this value, on which no thread sleeps.
    pub fn new(value: u32) -> Self {
        Self { word: AtomicU32::new(value), parking: Parking::new() }
    }

    /// The word. Acquire pairs with the Release of [`Futex::bump`].
    pub fn load(&self) -> u32 {
        self.word.load(Ordering::Acquire)
    }

    /// Changes the word (it counts modulo 2^32), so that a thread that read it before does not sleep.
    ///
    /// Release: what the caller wrote before is visible to a thread that reads the new value.
    pub fn bump(&self) {
        self.word.fetch_add(1, Ordering::Release);
    }

    /// Sleeps while the word is `seen`, at most for `timeout`.
    ///
    /// Returns on a wake-up, at the timeout, at once if the word is not `seen`, and sometimes without
    /// a reason. So callers must check their condition again.
    pub fn wait(&self, seen: u32, timeout: Option<Duration>) {
        self.parking.wait(&self.word, seen, timeout);
    }

    /// Wakes every sleeper. Never blocks for longer than it takes to make them runnable.
    pub fn wake_all(&self) {
        self.parking.wake_all(&self.word);
    }

    /// Wakes up to `most` sleepers, in any order. Never blocks for longer than it takes to make them
    /// runnable.
    pub fn wake(&self, most: u32) {
        self.parking.wake(&self.word, most);
    }

    /// [`Futex::bump`], then [`Futex::wake_all`].
    pub fn ring(&self) {
        self.bump();
        self.wake_all();
    }

    /// The word's memory address, for a browser's main thread. It may not call code that might block,
    /// but it can use `Atomics.add` and `Atomics.notify`.
    #[cfg(not(any(loom, shuttle)))]
    pub fn address(&self) -> usize {
        self.word.as_ptr().expose_provenance()
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use std::{sync::Arc, thread};

    #[test]
    fn wait_returns_at_once_when_the_word_is_another() {
        let futex = Futex::new(7);
        futex.wait(6, None);
    }

    #[test]
    fn wait_ends_at_its_timeout() {
        let futex = Futex::new(0);
        futex.wait(0, Some(Duration::from_millis(1)));
    }

    #[test]
    fn a_ring_wakes_every_sleeper() {
        let futex = Arc::new(Futex::new(0));
        let sleepers: Vec<_> = (0..4)
            .map(|_| {
                let futex = Arc::clone(&futex);
                thread::spawn(move || {
                    while futex.load() == 0 {
                        futex.wait(0, None);
                    }
                })
            })
            .collect();
        futex.ring();
        for sleeper in sleepers {
            sleeper.join().expect("a sleeper does not panic");
        }
    }

    #[test]
    fn a_wake_up_for_one_wakes_one_at_a_time_until_all_are_awake() {
        let futex = Arc::new(Futex::new(0));
        let (awake, woken) = std::sync::mpsc::channel();
        let sleepers: Vec<_> = (0..3)
            .map(|_| {
                let (futex, awake) = (Arc::clone(&futex), awake.clone());
                thread::spawn(move || {
                    while futex.load() == 0 {
                        futex.wait(0, None);
                    }
                    awake.send(()).expect("the test waits");
                })
            })
            .collect();
        futex.bump();
        for _ in 0..3 {
            // A thread that sleeps is woken by one of these; a thread that does not sees the word.
            futex.wake(1);
        }
        for _ in 0..3 {
            woken.recv().expect("each sleeper reports that it is awake");
        }
        for sleeper in sleepers {
            sleeper.join().expect("a sleeper does not panic");
        }
    }
}

#[cfg(all(test, loom))]
mod model {
    use super::*;
    use loom::{sync::Arc, thread};

    /// The condition variable has no limit of its own for wake-ups.
    #[test]
    fn a_wake_up_for_more_than_sleep_ends() {
        loom::model(|| {
            let futex = Arc::new(Futex::new(0));
            let sleeper = thread::spawn({
                let futex = Arc::clone(&futex);
                move || {
                    while futex.load() == 0 {
                        futex.wait(0, None);
                    }
                }
            });
            futex.bump();
            futex.wake(u32::MAX);
            sleeper.join().expect("a sleeper does not panic");
        });
    }
}
