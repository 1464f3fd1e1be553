//! Work that threads give each other, and the moment when there is none left.

use super::{Futex, Mutex, Ordering, lock, record::AtomicU32};

/// Parts of one piece of work, between threads that take a part, do it, and may find more to do.
///
/// A thread keeps what it finds for itself as long as nobody is hungry, so that a lone thread pays one
/// load for each thing it does. Who has nothing sleeps. The work is over when nobody works any more:
/// only who works can add a part, and who waits takes one before it counts as working no longer.
///
/// Whoever makes the pool counts as working from the start, so that helpers who come first wait for
/// what it will give.
pub struct WorkPool<T> {
    /// A hint: threads that sleep for want of a part, less the parts there are; [`OVER`] when it is
    /// over. Who reads an old number gives a part too few or too many.
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
    /// A pool at which one thread works, for as many more.
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

    /// Takes another part, when all that this thread had is done. Sleeps while others work and there
    /// is no part; `None` when the work is over.
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
            // Under the lock: a part that is added after this look changes the bell.
            let seen = self.bell.load();
            drop(state);
            self.bell.wait(seen, None);
            state = lock(&self.state);
            state.waiting -= 1;
            self.announce(&state);
        }
    }

    /// Whether somebody would take a part, or the work is over: a hint, one relaxed load.
    #[inline(always)]
    pub fn wants_attention(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// Whether the work is over, which a thread that still works learns only when it was abandoned.
    pub fn is_over(&self) -> bool {
        self.signal.load(Ordering::Relaxed) == OVER
    }

    /// Gives a part to whoever is hungry. Only for a thread that works.
    ///
    /// # Errors
    /// Gives it back when as many parts wait already as there are threads.
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

    /// Ends the work although parts are left: those who sleep come back, those who work see that it
    /// [is over](Self::is_over).
    pub fn abandon(&self) {
        {
            let mut state = lock(&self.state);
            state.over = true;
            self.announce(&state);
        }
        self.bell.ring();
    }

    /// Threads that sleep for want of a part.
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

    /// Does items until there are none: an item above 0 makes two that are smaller by one. Gives every
    /// other item that it makes.
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
            // Over means that everything is done, whoever did it, and not only taken.
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
    fn nor_with_two_helpers() {
        explore(2, 1);
    }

    #[test]
    fn abandoned_work_lets_everybody_go() {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(2);
        model.check(|| {
            let pool = Arc::new(WorkPool::<u32>::new(1));
            let helper = thread::spawn({
                let pool = Arc::clone(&pool);
                // Whoever made the pool never says that it is done.
                move || pool.join()
            });
            pool.abandon();
            assert_eq!(helper.join().expect("it does not panic"), None);
        });
    }
}
