//! Allocation without a lock: each worker allocates from its own free spans.

use super::free::{END, LARGE, fill, span_at};
use super::object::Header;
use super::{Heap, Value};

/// A worker's own free words.
///
/// While its worker is stopped or in a safe region the rest of the current span is a filler
/// ([`park`](Self::park)), so the heap can be walked from end to end. A collection takes the spans away; the
/// worker notices that afterwards ([`revalidate`](Self::revalidate)).
#[derive(Debug, Default)]
#[repr(C)]
pub struct Buffer {
    at: u32,
    end: u32,
    next: u32,
    epoch: u32,
    objects: u64,
    words: u64,
}

/// Offsets of what compiled code changes when it takes words of the current span, in bytes.
#[cfg(feature = "emitter")]
impl Buffer {
    pub(crate) const AT: u32 = std::mem::offset_of!(Self, at) as u32;
    pub(crate) const END: u32 = std::mem::offset_of!(Self, end) as u32;
    pub(crate) const OBJECTS: u32 = std::mem::offset_of!(Self, objects) as u32;
}

impl Buffer {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Words for one object, taken from the current span only; the fast path.
    #[inline(always)]
    pub(super) fn bump(&mut self, words: u32) -> Option<u32> {
        let start = self.at;
        if words <= self.end - start {
            self.at = start + words;
            self.objects += 1;
            Some(start)
        } else {
            None
        }
    }

    /// Whether the current span has so many words.
    #[inline(always)]
    pub(crate) fn has(&self, words: u64) -> bool {
        words <= u64::from(self.end - self.at)
    }

    /// Words for one object, with the shared lists' help; `None` when the heap has none.
    #[cold]
    #[inline(never)]
    pub(super) fn take(&mut self, heap: &Heap, words: u32) -> Option<u32> {
        if words < LARGE {
            loop {
                if let Some(start) = self.bump(words) {
                    return Some(start);
                }
                self.close(heap);
                let span = if self.next != END {
                    span_at(&heap.words, self.next)
                } else {
                    heap.free().refill(&heap.words, words)?
                };
                self.at = span.start;
                self.end = span.start + span.len;
                self.next = span.next;
                self.words += span.len as u64;
            }
        }
        let start = heap.free().take(&heap.words, words)?;
        self.objects += 1;
        self.words += words as u64;
        Some(start)
    }

    /// Gives up the current span.
    fn close(&mut self, heap: &Heap) {
        fill(&heap.words, self.at, self.end - self.at);
        self.at = 0;
        self.end = 0;
    }

    /// Makes the unused rest a filler and publishes the allocated objects. Called before the worker stops or
    /// enters a safe region. Later allocations continue in the same span.
    pub fn park(&mut self, heap: &Heap) {
        let rest = self.end - self.at;
        fill(&heap.words, self.at, rest);
        heap.count(self.objects, self.words - rest as u64);
        self.objects = 0;
        self.words = rest as u64;
    }

    /// Forgets the spans if there was a collection meanwhile. Called after the worker has stopped or left a
    /// safe region.
    pub fn revalidate(&mut self, heap: &Heap) {
        let epoch = heap.epoch();
        if self.epoch != epoch {
            *self = Self { epoch, ..Self::default() };
        }
    }

    /// Allocates an object or array whose payload is all null. `None`: no room.
    #[inline(always)]
    pub(crate) fn nulls(&mut self, heap: &Heap, header: Header) -> Option<u32> {
        let words = u32::try_from(header.words()).ok()?;
        let start = match self.bump(words) {
            Some(start) => start,
            None => self.take(heap, words)?,
        };
        // SAFETY: these words were just taken from a span that belongs to this buffer alone.
        unsafe {
            heap.words.init(start, header.bits());
            heap.words.init_all(start + 1, words - 1, Value::NULL.bits());
        }
        Some(start)
    }

    /// Allocates an object of raw words. `None`: no room.
    pub(crate) fn raw(&mut self, heap: &Heap, header: Header, payload: &[u64]) -> Option<u32> {
        debug_assert_eq!(header.words(), 1 + payload.len() as u64);
        let start = self.nulls(heap, header)?;
        for (word, bits) in (start + 1..).zip(payload) {
            heap.words.store(word, *bits);
        }
        Some(start)
    }
}
