//! Sleeping on a word with a mutex and a condition variable: for systems without a futex that the
//! standard library exposes, and for model checkers.

use super::{AtomicU32, Condvar, Mutex, Ordering, lock};
use std::{sync::PoisonError, time::Duration};

pub(super) struct Parking {
    /// How many threads sleep, or were woken and do not run yet.
    sleepers: Mutex<u32>,
    condvar: Condvar,
}

impl Parking {
    pub(super) fn new() -> Self {
        Self { sleepers: Mutex::new(0), condvar: Condvar::new() }
    }

    pub(super) fn wait(&self, word: &AtomicU32, seen: u32, timeout: Option<Duration>) {
        let mut sleepers = lock(&self.sleepers);
        // Under the mutex, which a waker takes after it has changed the word: either this thread sees
        // the change, or the waker finds this thread asleep.
        if word.load(Ordering::Acquire) != seen {
            return;
        }
        *sleepers += 1;
        sleepers = match timeout {
            None => self.condvar.wait(sleepers).unwrap_or_else(PoisonError::into_inner),
            Some(timeout) => {
                let woken = self.condvar.wait_timeout(sleepers, timeout);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        *sleepers -= 1;
    }

    pub(super) fn wake_all(&self, word: &AtomicU32) {
        self.wake(word, u32::MAX);
    }

    pub(super) fn wake(&self, _word: &AtomicU32, most: u32) {
        let sleepers = *lock(&self.sleepers);
        if most >= sleepers {
            self.condvar.notify_all();
        } else {
            // `most` is less than the number of sleepers here, so this loop is short.
            (0..most).for_each(|_| self.condvar.notify_one());
        }
    }
}
