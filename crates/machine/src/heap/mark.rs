//! Marking: it finds the objects that can be reached.
//!
//! Each thread that marks has a [`Marker`] with the objects that it marked and has not scanned yet. Exactly
//! one thread sets a mark bit; it counts the object and scans it. So one marker or many find the same
//! objects. Markers give each other parts of their work through a [`Marking`].

use super::object::ObjectKind;
use super::{Heap, Value};
use safepoint::sync::{Mutex, WorkPool, lock};

/// Values of an object that are scanned at a time, so that a large array can be shared and does not fill the
/// stack at once.
const STRIDE: u32 = 1024;
/// The number of things that a marker scans between two gifts. A gift wakes a helper, which costs time.
const BETWEEN_GIFTS: u32 = 128;
/// The largest number of things in one gift.
const GIFT: usize = 4096;

/// A thing to scan: a marked object, from one of its values on.
#[derive(Debug, Clone, Copy)]
struct Grey {
    reference: u32,
    from: u32,
}

/// The result of marking.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marked {
    pub(super) objects: u64,
    pub(super) words: u64,
    /// An object was marked but not remembered: a stack was full.
    overflowed: bool,
}

/// The part of one collection's marking that several threads share.
pub struct Marking {
    pool: WorkPool<Grey>,
    /// The results of markers that have left.
    found: Mutex<Marked>,
    /// The largest number of things that one marker remembers.
    limit: usize,
}

impl Marking {
    /// A thread that marked is lost: the others must leave soon.
    pub fn abandon(&self) {
        self.pool.abandon();
    }

    /// Whether this number of threads wait for work.
    #[cfg(test)]
    pub(super) fn is_waited_at_by(&self, threads: u32) -> bool {
        self.pool.waiting() == threads
    }

    /// Takes a part and forgets it.
    #[cfg(test)]
    pub(super) fn steal(&self) {
        drop(self.pool.join());
    }

    fn add(&self, more: Marked) {
        let mut found = lock(&self.found);
        found.objects += more.objects;
        found.words += more.words;
        found.overflowed |= more.overflowed;
    }
}

/// Marks objects and remembers which of them are not scanned yet.
#[derive(Debug)]
pub struct Marker<'h> {
    heap: &'h Heap,
    stack: Vec<Grey>,
    limit: usize,
    alone: bool,
    found: Marked,
}

impl<'h> Marker<'h> {
    pub(super) fn new(heap: &'h Heap) -> Self {
        // A sixteenth of the heap's words, so at most a sixteenth of its size. Only graphs that branch a lot
        // need that much.
        Self::with_limit(heap, (heap.words.len() / 16).max(64))
    }

    pub(super) fn with_limit(heap: &'h Heap, limit: usize) -> Self {
        Self { heap, stack: Vec::new(), limit, alone: true, found: Marked::default() }
    }

    /// Marks a root.
    pub fn value(&mut self, value: Value) {
        if value.is_reference() {
            self.reference(value.low_word());
        }
    }

    /// Marks a root that is known to be a reference.
    #[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
    pub fn reference(&mut self, reference: u32) {
        if !self.heap.bitmap.set(reference, self.alone) {
            return;
        }
        let header = self.heap.header(reference);
        debug_assert_ne!(header.kind(), ObjectKind::Filler, "a reference to free word {reference}");
        self.found.objects += 1;
        self.found.words += header.words();
        let (mut from, to) = header.values();
        while from < to {
            if self.stack.len() >= self.limit || self.stack.try_reserve(1).is_err() {
                self.found.overflowed = true;
                return;
            }
            self.stack.push(Grey { reference, from });
            from = from.saturating_add(STRIDE);
        }
    }

    /// Scans up to `most` things. Returns whether nothing is left.
    #[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
    pub(super) fn drain_some(&mut self, most: u32) -> bool {
        for _ in 0..most {
            let Some(grey) = self.stack.pop() else { break };
            self.scan(grey);
        }
        self.stack.is_empty()
    }

    /// Scans everything that was marked, until nothing new is found.
    ///
    /// The stack is explicit, so the depth of a graph does not matter. When it is full, objects stay marked
    /// without being scanned, and another walk over all marked objects scans them.
    #[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
    pub(super) fn drain(&mut self) -> Marked {
        loop {
            while let Some(grey) = self.stack.pop() {
                self.scan(grey);
            }
            if !std::mem::take(&mut self.found.overflowed) {
                return self.found;
            }
            let mut at = 0;
            while let Some(reference) = self.heap.bitmap.next(at) {
                let (mut from, to) = self.heap.header(reference).values();
                while from < to {
                    self.scan(Grey { reference, from });
                    while let Some(grey) = self.stack.pop() {
                        self.scan(grey);
                    }
                    from = from.saturating_add(STRIDE);
                }
                at = reference + 1;
            }
        }
    }

    /// The marking that this number of helpers can share.
    pub(super) fn share(&self, helpers: u32) -> Marking {
        let limit = (self.limit / (helpers as usize + 1)).max(64);
        Marking { pool: WorkPool::new(helpers), found: Mutex::default(), limit }
    }

    /// Scans everything together with helpers, and adds what it found to `marking`.
    #[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
    pub(super) fn drain_together(&mut self, marking: &Marking) -> Marked {
        self.alone = false;
        let mut since_gift = 0;
        loop {
            while let Some(grey) = self.stack.pop() {
                self.scan(grey);
                since_gift += 1;
                if marking.pool.wants_attention() {
                    if marking.pool.is_over() {
                        return Marked::default();
                    }
                    if since_gift >= BETWEEN_GIFTS && self.give(&marking.pool) {
                        since_gift = 0;
                    }
                }
            }
            match marking.pool.next() {
                Some(part) => self.stack = part,
                None => break,
            }
        }
        let found = std::mem::take(&mut self.found);
        marking.add(found);
        found
    }

    /// Continues alone with the results of all, after the helpers have left: objects that did not fit on a full
    /// stack are not scanned yet.
    pub(super) fn take_over(&mut self, marking: &Marking) {
        self.alone = true;
        self.found = *lock(&marking.found);
    }

    /// Gives away half of its work: the part that was found first, because it leads to most objects.
    fn give(&mut self, pool: &WorkPool<Grey>) -> bool {
        let half = (self.stack.len() / 2).min(GIFT);
        let mut part = Vec::new();
        if half == 0 || part.try_reserve_exact(half).is_err() {
            return false;
        }
        part.extend((0..half).rev().map(|index| self.stack.swap_remove(index)));
        match pool.give(part) {
            Ok(()) => true,
            Err(back) => {
                self.stack.extend(back);
                false
            }
        }
    }

    #[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
    fn scan(&mut self, Grey { reference, from }: Grey) {
        let (_, to) = self.heap.header(reference).values();
        for word in from..to.min(from.saturating_add(STRIDE)) {
            self.value(Value::from_bits(self.heap.load(reference, word)));
        }
    }
}

impl Heap {
    /// Takes part in a collection's marking until nothing is left to take. Only while the collecting thread
    /// waits for it, in [`Helpers::share`](super::Helpers::share). Returns how many objects this thread marked.
    pub fn help_mark(&self, marking: &Marking) -> u64 {
        let mut marker = Marker::with_limit(self, marking.limit);
        match marking.pool.join() {
            Some(part) => marker.stack = part,
            None => return 0,
        }
        marker.drain_together(marking).objects
    }
}
