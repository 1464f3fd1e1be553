//! Sleeping on a word with a mutex and a condition variable: for systems without a futex that the
//! standard library exposes, and for model checkers.

use super::{AtomicU32, Condvar, Mutex, Ordering, lock};
use std::time::Duration;

pub(super) struct Parking {
    mutex: Mutex<()>,
    condvar: Condvar,
}

impl Parking {
    pub(super) fn new() -> Self {
        Self { mutex: Mutex::new(()), condvar: Condvar::new() }
    }

    pub(super) fn wait(&self, word: &AtomicU32, seen: u32, timeout: Option<Duration>) {
        let guard = lock(&self.mutex);
        // Under the mutex that a waker takes after it changed the word: either the change is seen
        // here, or the waker finds this thread asleep.
        if word.load(Ordering::Acquire) != seen {
            return;
        }
        match timeout {
            None => drop(self.condvar.wait(guard)),
            Some(timeout) => drop(self.condvar.wait_timeout(guard, timeout)),
        }
    }

    pub(super) fn wake_all(&self, _word: &AtomicU32) {
        drop(lock(&self.mutex));
        self.condvar.notify_all();
    }

    pub(super) fn wake(&self, _word: &AtomicU32, most: u32) {
        drop(lock(&self.mutex));
        for _ in 0..most {
            self.condvar.notify_one();
        }
    }
}
