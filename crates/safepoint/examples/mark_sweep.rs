//! A runtime with a mark-and-sweep collector in two hundred lines. Three threads build lists of pairs. A thread that finds
//! no free cell stops the others, marks from the roots of all threads, and sweeps.
//!
//! The coordinator guarantees: while a thread holds the world, no other thread runs, and all that the others wrote is
//! visible. The runtime guarantees: whenever a thread polls, its roots are where the collector finds them.

use safepoint::{Answer, Config, Reason, SafepointCoordinator, StoppedWorld, Worker};
use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// Cells of the heap.
const CELLS: usize = 4096;
/// Roots of each thread.
const ROOTS: usize = 8;
/// No cell.
const NIL: u32 = 0;

/// A pair: a number, and the next pair of its list. Relaxed is enough: a thread touches only its own pairs, and the
/// collector touches all pairs in a stopped world, which orders both.
#[derive(Default)]
struct Pair {
    number: AtomicU32,
    next: AtomicU32,
    marked: AtomicU32,
}

/// The roots of one thread: the first cell of each list. Every worker is registered with its own roots.
#[derive(Default)]
struct Roots([AtomicU32; ROOTS]);

/// The only reason for which this runtime stops its threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Collection;

impl Reason for Collection {
    const ALL: &'static [Self] = &[Self];
}

impl fmt::Display for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("collection")
    }
}

struct Runtime {
    coordinator: SafepointCoordinator<Collection, Roots>,
    /// Cell 0 is not used: its index means "no cell".
    pairs: Box<[Pair]>,
    free: Mutex<Vec<u32>>,
    collections: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runtime {
    fn new() -> Self {
        Self {
            coordinator: SafepointCoordinator::of(Config::default()),
            pairs: (0..CELLS).map(|_| Pair::default()).collect(),
            free: Mutex::new((1..CELLS as u32).collect()),
            collections: AtomicU64::new(0),
        }
    }

    /// Marks the pairs that the roots of all threads reach, and frees the rest.
    fn collect(&self, world: &StoppedWorld<'_, Collection, Roots>) {
        let mut grey: Vec<u32> = Vec::new();
        for worker in world.workers() {
            grey.extend(worker.data().0.iter().map(|root| root.load(Relaxed)));
        }
        while let Some(cell) = grey.pop() {
            let pair = &self.pairs[cell as usize];
            if cell != NIL && pair.marked.swap(1, Relaxed) == 0 {
                grey.push(pair.next.load(Relaxed));
            }
        }
        let unmarked = |cell: &u32| self.pairs[*cell as usize].marked.swap(0, Relaxed) == 0;
        *lock(&self.free) = (1..CELLS as u32).filter(unmarked).collect();
        self.collections.fetch_add(1, Relaxed);
    }
}

/// A thread that runs a program.
struct Mutator<'r> {
    runtime: &'r Runtime,
    worker: Worker<Collection, Roots>,
}

impl<'r> Mutator<'r> {
    fn new(runtime: &'r Runtime) -> Self {
        Self { runtime, worker: runtime.coordinator.register_worker() }
    }

    fn root(&self, list: usize) -> &AtomicU32 {
        &self.worker.data().0[list]
    }

    /// Puts a new pair in front of a list.
    fn push(&self, list: usize, number: u32) {
        let cell = self.allocate();
        let pair = &self.runtime.pairs[cell as usize];
        pair.number.store(number, Relaxed);
        pair.next.store(self.root(list).load(Relaxed), Relaxed);
        self.root(list).store(cell, Relaxed);
        // Here every live pair is reachable from a root, so the collector may run.
        self.worker.poll();
    }

    /// A free cell. This may collect, so every live pair must be reachable from a root.
    fn allocate(&self) -> u32 {
        loop {
            if let Some(cell) = lock(&self.runtime.free).pop() {
                return cell;
            }
            // Two threads may run out of cells together. Then the first collects, and the second only tries again.
            let asked = self.worker.request(Collection).stop_unless_done();
            match asked.expect("no deadline, nothing cancels") {
                Answer::World(world) => {
                    self.runtime.collect(&world);
                    world.operation_done();
                    world.resume_from_pause();
                }
                Answer::Done(_) => {}
            }
        }
    }

    /// The sum of a list.
    fn sum(&self, list: usize) -> u64 {
        let mut sum = 0;
        let mut cell = self.root(list).load(Relaxed);
        while cell != NIL {
            let pair = &self.runtime.pairs[cell as usize];
            sum += u64::from(pair.number.load(Relaxed));
            cell = pair.next.load(Relaxed);
        }
        sum
    }
}

/// Builds lists and drops them again, and checks that no collection freed a live pair.
fn work(mutator: &Mutator<'_>) {
    for round in 0..400 {
        let list = round % ROOTS;
        mutator.root(list).store(NIL, Relaxed);
        (1..=100).for_each(|number| mutator.push(list, number));
        assert_eq!(mutator.sum(list), 5050, "list {list} in round {round}");
    }
}

fn main() {
    let runtime = Runtime::new();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| work(&Mutator::new(&runtime)));
        }
    });
    let collections = runtime.collections.load(Relaxed);
    assert!(collections > 0, "the 40,000 pairs of each thread do not fit into {CELLS} cells");
    let pauses = runtime.coordinator.stats().of(Collection).total;
    println!(
        "{collections} collections in {} pauses; the median pause took {} us, the longest {} us",
        pauses.count,
        pauses.p50_ns / 1000,
        pauses.max_ns / 1000
    );
}

#[test]
fn no_collection_frees_a_live_pair() {
    main();
}
