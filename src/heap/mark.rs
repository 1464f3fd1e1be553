//! Marking: which objects can be reached.

use std::sync::atomic::{AtomicU64, Ordering};

use super::object::ObjectKind;
use super::{Heap, Value};

/// One bit for every word of the heap; set where a live object's header is.
///
/// Relaxed throughout: only whoever stopped the world touches it.
#[derive(Debug)]
pub(super) struct Bitmap {
    bits: Vec<AtomicU64>,
}

impl Bitmap {
    pub(super) fn new(words: usize) -> Option<Self> {
        let mut bits = Vec::new();
        let len = words.div_ceil(64);
        bits.try_reserve_exact(len).ok()?;
        bits.resize_with(len, || AtomicU64::new(0));
        Some(Self { bits })
    }

    /// Sets a bit; whether it was clear.
    fn set(&self, word: u32) -> bool {
        let cell = &self.bits[word as usize / 64];
        let bit = 1 << (word % 64);
        let old = cell.load(Ordering::Relaxed);
        cell.store(old | bit, Ordering::Relaxed);
        old & bit == 0
    }

    /// The first set bit at `word` or after.
    pub(super) fn next(&self, word: u32) -> Option<u32> {
        let mut index = word as usize / 64;
        let mut bits = self.bits.get(index)?.load(Ordering::Relaxed) & (u64::MAX << (word % 64));
        while bits == 0 {
            index += 1;
            bits = self.bits.get(index)?.load(Ordering::Relaxed);
        }
        Some(index as u32 * 64 + bits.trailing_zeros())
    }

    pub(super) fn clear(&self) {
        for cell in &self.bits {
            cell.store(0, Ordering::Relaxed);
        }
    }
}

/// Marks objects and remembers which of them still have to be looked into.
#[derive(Debug)]
pub struct Marker<'h> {
    heap: &'h Heap,
    stack: Vec<u32>,
    limit: usize,
    /// An object was marked but not remembered: the stack was full.
    overflowed: bool,
    pub(super) objects: u64,
    pub(super) words: u64,
}

impl<'h> Marker<'h> {
    pub(super) fn new(heap: &'h Heap) -> Self {
        // An eighth of the words at four bytes each: a sixteenth of the heap at most, and only
        // for graphs that fan out so much.
        let limit = (heap.words.len() / 8).max(64);
        Self { heap, stack: Vec::new(), limit, overflowed: false, objects: 0, words: 0 }
    }

    /// A root.
    pub fn value(&mut self, value: Value) {
        if value.is_reference() {
            self.reference(value.low_word());
        }
    }

    /// A root that is known to be a reference.
    pub fn reference(&mut self, reference: u32) {
        if !self.heap.bitmap.set(reference) {
            return;
        }
        let header = self.heap.header(reference);
        debug_assert_ne!(header.kind(), ObjectKind::Filler, "a reference to free word {reference}");
        self.objects += 1;
        self.words += header.words();
        if header.values().0 == header.values().1 {
            return;
        }
        if self.stack.len() < self.limit && self.stack.try_reserve(1).is_ok() {
            self.stack.push(reference);
        } else {
            self.overflowed = true;
        }
    }

    /// Looks into everything that was marked, until nothing new is found.
    ///
    /// An explicit stack, so depth is no matter; when it is full, objects stay marked without being
    /// looked into, and another walk over all marked ones makes up for it.
    pub(super) fn drain(&mut self) {
        loop {
            while let Some(reference) = self.stack.pop() {
                self.scan(reference);
            }
            if !self.overflowed {
                return;
            }
            self.overflowed = false;
            let mut at = 0;
            while let Some(reference) = self.heap.bitmap.next(at) {
                self.scan(reference);
                while let Some(reference) = self.stack.pop() {
                    self.scan(reference);
                }
                at = reference + 1;
            }
        }
    }

    fn scan(&mut self, reference: u32) {
        let (from, to) = self.heap.header(reference).values();
        for word in from..to {
            self.value(Value::from_bits(self.heap.load(reference, word)));
        }
    }

    #[cfg(test)]
    pub(super) fn with_limit(heap: &'h Heap, limit: usize) -> Self {
        Self { limit, ..Self::new(heap) }
    }
}
