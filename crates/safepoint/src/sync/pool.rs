//! Work that threads give each other, until none is left.

use super::{Futex, Mutex, Ordering, lock, record::AtomicU32};

/// The parts of one piece of work. Each thread takes a part, does it, and may find more to do.
///
/// A thread keeps the items that it finds while no other thread waits for a part, so a thread that works
/// alone pays one load per item. A thread without a part sleeps. The work is over when no thread works:
/// only working threads can add parts, and a waiting thread that takes one counts as working under the
/// same lock.
///
/// The thread that makes the pool counts as working from the start, so helpers that come before the
/// first part wait for it.
pub struct WorkPool<T> {
    /// A hint: the number of threads that wait for a part, minus the number of parts; [`OVER`] when the
    /// work is over. A thread that reads an old number gives a part too few or too many.
    signal: AtomicU32,
    state: Mutex<State<T>>,
    bell: Futex,
}

struct State<T> {
    parts: Vec<Vec<T>>,
    working: u32,
    waiting: u32,
    over: bool,
}

const OVER: u32 = u32::MAX;

impl<T> WorkPool<T> {
    /// A pool at which one thread works and `more` others can join.
    pub fn new(more: u32) -> Self {
        let parts = Vec::with_capacity(more as usize);
        let state = State { parts, working: 1, waiting: 0, over: false };
        Self { signal: AtomicU32::new(0), state: Mutex::new(state), bell: Futex::new(0) }
    }

    /// Takes a first part; `None` when the work is over.
    pub fn join(&self) -> Option<Vec<T>> {
        lock(&self.state).working += 1;
        self.next()
    }

    /// Takes another part, when this thread has done all that it had. Sleeps while others work and no
    /// part is left; `None` when the work is over.
    pub fn next(&self) -> Option<Vec<T>> {
        let mut state = lock(&self.state);
        state.working -= 1;
        loop {
            if state.over {
                return None;
            }
            if let Some(part) = state.parts.pop() {
                state.working += 1;
                self.announce(&state);
                return Some(part);
            }
            if state.working == 0 {
                state.over = true;
                self.announce(&state);
                drop(state);
                self.bell.ring();
                return None;
            }
            state.waiting += 1;
            self.announce(&state);
            // Read under the lock: a part that is added after this check changes the bell.
            let seen = self.bell.load();
            drop(state);
            self.bell.wait(seen, None);
            state = lock(&self.state);
            state.waiting -= 1;
            self.announce(&state);
        }
    }

    /// Whether a thread waits for a part, or the work is over. A hint: one relaxed load.
    #[inline(always)]
    pub fn wants_attention(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// Whether the work is over. A working thread sees this only if the work was abandoned.
    pub fn is_over(&self) -> bool {
        self.signal.load(Ordering::Relaxed) == OVER
    }

    /// Gives a part to a thread that waits for one. Only for a thread that works.
    ///
    /// # Errors
    /// Returns the part if as many parts wait already as other threads can join.
    pub fn give(&self, part: Vec<T>) -> Result<(), Vec<T>> {
        {
            let mut state = lock(&self.state);
            if state.parts.len() == state.parts.capacity() {
                return Err(part);
            }
            state.parts.push(part);
            self.announce(&state);
        }
        self.bell.bump();
        self.bell.wake(1);
        Ok(())
    }

    /// Ends the work although parts are left: sleeping threads return, working threads see that it
    /// [is over](Self::is_over).
    pub fn abandon(&self) {
        {
            let mut state = lock(&self.state);
            state.over = true;
            self.announce(&state);
        }
        self.bell.ring();
    }

    /// The number of threads that sleep because there is no part.
    pub fn waiting(&self) -> u32 {
        lock(&self.state).waiting
    }

    fn announce(&self, state: &State<T>) {
        let parts = u32::try_from(state.parts.len()).unwrap_or(OVER);
        let signal = if state.over { OVER } else { state.waiting.saturating_sub(parts) };
        self.signal.store(signal, Ordering::Relaxed);
    }
}

#[cfg(all(test, loom))]
mod model {
    use super::*;
    use loom::{
        sync::{Arc, atomic},
        thread,
    };

    /// Does items until there are none. An item above 0 makes two items that are smaller by one; one of
    /// the two is given away.
    fn work(pool: &WorkPool<u32>, done: &atomic::AtomicU32, mut part: Vec<u32>) {
        loop {
            while let Some(item) = part.pop() {
                done.fetch_add(1, atomic::Ordering::Relaxed);
                if let Some(smaller) = item.checked_sub(1) {
                    part.push(smaller);
                    if let Err(back) = pool.give(vec![smaller]) {
                        part.extend(back);
                    }
                }
            }
            match pool.next() {
                Some(more) => part = more,
                None => return,
            }
        }
    }

    fn explore(helpers: u32, item: u32) {
        let mut model = loom::model::Builder::new();
        if model.preemption_bound.is_none() {
            model.preemption_bound = Some(2);
        }
        model.check(move || {
            let pool = Arc::new(WorkPool::new(helpers));
            let done = Arc::new(atomic::AtomicU32::new(0));
            let threads: Vec<_> = (0..helpers)
                .map(|_| {
                    let (pool, done) = (Arc::clone(&pool), Arc::clone(&done));
                    thread::spawn(move || {
                        if let Some(part) = pool.join() {
                            work(&pool, &done, part);
                        }
                    })
                })
                .collect();
            work(&pool, &done, vec![item]);
            // When the work is over, all items are done, not only taken.
            assert_eq!(done.load(atomic::Ordering::Relaxed), (2 << item) - 1);
            for thread in threads {
                thread.join().expect("no helper panics");
            }
        });
    }

    #[test]
    fn nothing_is_left_when_the_work_is_over() {
        explore(1, 2);
    }

    #[test]
    fn nothing_is_left_with_two_helpers() {
        explore(2, 1);
    }

    #[test]
    fn threads_return_from_abandoned_work() {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(2);
        model.check(|| {
            let pool = Arc::new(WorkPool::<u32>::new(1));
            let helper = thread::spawn({
                let pool = Arc::clone(&pool);
                // The thread that made the pool never calls `next`.
                move || pool.join()
            });
            pool.abandon();
            assert_eq!(helper.join().expect("it does not panic"), None);
        });
    }
}
