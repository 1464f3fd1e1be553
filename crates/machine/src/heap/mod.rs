//! Values, objects, roots, collection.
//!
//! One arena of 64-bit words with a fixed limit, shared by all workers. Objects never move. Workers allocate
//! from spans of their own ([`Buffer`]); a collection marks what is reachable while the world is stopped and
//! makes free spans of the rest ([`Heap::collect`]).

mod access;
mod bitmap;
mod buffer;
mod collect;
mod free;
mod mark;
mod object;
mod packed;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod words;

use safepoint::sync::{AtomicBool, AtomicU32, AtomicU64, Mutex, MutexGuard, Ordering, lock};
use std::fmt;

pub use access::allow_plain_accesses;
pub(crate) use access::{Access, header_at};
pub use buffer::Buffer;
#[cfg(test)]
pub use collect::NoHelpers;
pub use collect::{CollectionFigures, Helpers};
pub use mark::{Marker, Marking};
pub use object::{Header, ObjectKind};
pub(crate) use packed::NotPacked;
pub use value::{Kind, Value};

use bitmap::Bitmap;
use free::FreeLists;
use words::Words;

/// Word 0 is no object, so that a link of 0 can mean "none".
const FIRST: u32 = 1;
/// A heap has at least this many bytes.
pub const MIN_BYTES: u64 = 16 * 1024;
/// A heap has at most this many bytes: somewhat less than 2^32 words.
pub const MAX_BYTES: u64 = 8 * (u32::MAX as u64 - 64);

/// The shared heap.
#[derive(Debug)]
pub struct Heap {
    words: Words,
    access: Access,
    free: Mutex<FreeLists>,
    bitmap: Bitmap,
    /// Counts collections; buffers of an older epoch are void.
    epoch: AtomicU32,
    /// There may be words that are neither an object nor a filler: a buffer was lost. Relaxed: set before the
    /// buffer's worker counts as dead, so before the world is stopped in which it is read.
    torn: AtomicBool,
    live_objects: AtomicU64,
    live_words: AtomicU64,
    allocated_objects: AtomicU64,
    allocated_words: AtomicU64,
}

/// The allocator had no memory for a heap of that size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMemory {
    /// The requested size.
    pub bytes: u64,
}

impl fmt::Display for NoMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no memory for a heap of {} bytes: choose a smaller limit", self.bytes)
    }
}

impl std::error::Error for NoMemory {}

/// How full a heap is. Objects that a worker allocated since it last stopped are not counted yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeapStats {
    /// The limit.
    pub capacity_bytes: u64,
    /// Allocated and not known to be garbage.
    pub used_bytes: u64,
    /// Objects in these bytes.
    pub objects: u64,
    /// Collections so far.
    pub collections: u32,
}

impl Heap {
    /// A heap of at most `bytes`, but of at least [`MIN_BYTES`] and at most [`MAX_BYTES`].
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn new(bytes: u64) -> Result<Self, NoMemory> {
        let bytes = Self::clamped(bytes);
        let none = NoMemory { bytes };
        let len = usize::try_from(bytes / 8).map_err(|_| none)?;
        let words = Words::new(len).ok_or(none)?;
        let bitmap = Bitmap::new(len).ok_or(none)?;
        let mut free = FreeLists::empty();
        free::fill(&words, 0, FIRST);
        free.append_rest(&words, FIRST);
        Ok(Self {
            words,
            access: Access::new(),
            free: Mutex::new(free),
            bitmap,
            epoch: AtomicU32::new(0),
            torn: AtomicBool::new(false),
            live_objects: AtomicU64::new(0),
            live_words: AtomicU64::new(0),
            allocated_objects: AtomicU64::new(0),
            allocated_words: AtomicU64::new(0),
        })
    }

    /// The possible limit that is nearest.
    fn clamped(bytes: u64) -> u64 {
        bytes.clamp(MIN_BYTES, MAX_BYTES)
    }

    /// The header of an object.
    ///
    /// # Panics
    /// If the reference leads outside of the heap.
    #[inline]
    pub fn header(&self, reference: u32) -> Header {
        header_at(self.words.at(reference))
    }

    /// A payload word of an object, from 1.
    ///
    /// # Panics
    /// If it lies outside of the heap.
    #[inline]
    pub fn load(&self, reference: u32, word: u32) -> u64 {
        self.words.load(reference + word)
    }

    /// Writes a payload word of an object, from 1.
    ///
    /// # Panics
    /// If it lies outside of the heap.
    #[inline]
    pub(crate) fn store(&self, reference: u32, word: u32, bits: u64) {
        self.words.store(reference + word, bits);
    }

    /// A field or an element of an object: the payload word, from 1.
    ///
    /// # Panics
    /// If it lies outside of the heap.
    #[inline]
    pub(crate) fn get(&self, reference: u32, word: u32) -> Value {
        self.access.load(self.words.at(reference + word))
    }

    /// Writes a field or an element of an object: the payload word, from 1.
    ///
    /// # Panics
    /// If it lies outside of the heap.
    #[inline]
    pub(crate) fn set(&self, reference: u32, word: u32, value: Value) {
        self.access.store(self.words.at(reference + word), value);
    }

    /// The first fields or elements of an object.
    ///
    /// # Panics
    /// If they lie outside of the heap.
    pub(crate) fn payload(&self, reference: u32, len: u32) -> &[AtomicU64] {
        self.words.range(reference + 1, len)
    }

    /// Writes a value to the first fields or elements of an object.
    ///
    /// # Panics
    /// If they lie outside of the heap.
    pub(crate) fn fill_payload(&self, reference: u32, len: u32, value: Value) {
        for word in self.payload(reference, len) {
            self.access.store(word, value);
        }
    }

    /// Copies the first fields or elements of one object to another one.
    ///
    /// # Panics
    /// If they lie outside of the heap.
    pub(crate) fn copy_payload(&self, from: u32, to: u32, len: u32) {
        for (from, to) in self.payload(from, len).iter().zip(self.payload(to, len)) {
            self.access.store(to, self.access.load(from));
        }
    }

    pub(crate) fn access(&self) -> Access {
        self.access
    }

    /// Replaces a payload word that holds `current`. If it holds another value, the error is that value.
    pub(crate) fn exchange(
        &self,
        reference: u32,
        word: u32,
        current: u64,
        new: u64,
    ) -> Result<u64, u64> {
        self.words.exchange(reference + word, current, new)
    }

    /// The first word, for the interpreter's unchecked accesses. Its address is valid as long as the heap lives.
    /// A reference `r` that the machine made leads to header word `r`.
    pub(crate) fn start(&self) -> *const AtomicU64 {
        self.words.start()
    }

    /// How full the heap is.
    pub fn stats(&self) -> HeapStats {
        let words = self.live_words.load(Ordering::Relaxed);
        let since = self.allocated_words.load(Ordering::Relaxed);
        let objects = self.live_objects.load(Ordering::Relaxed);
        HeapStats {
            capacity_bytes: self.words.len() as u64 * 8,
            used_bytes: (words + since) * 8,
            objects: objects + self.allocated_objects.load(Ordering::Relaxed),
            collections: self.epoch(),
        }
    }

    /// The largest free span, without those in the workers' buffers. Reads every free span.
    pub fn largest_free_bytes(&self) -> u64 {
        self.free().largest(&self.words) * 8
    }

    /// A buffer is lost with its worker. It may not have been parked.
    pub(crate) fn tear(&self) {
        self.torn.store(true, Ordering::Relaxed);
    }

    /// Whether the heap cannot be walked before the next collection.
    pub(crate) fn is_torn(&self) -> bool {
        self.torn.load(Ordering::Relaxed)
    }

    /// Every object in the order of addresses, fillers left out. Only meaningful while every worker
    /// is stopped and the heap is not torn.
    pub fn objects(&self) -> impl Iterator<Item = (u32, Header)> {
        let mut at = FIRST as u64;
        std::iter::from_fn(move || {
            while at < self.words.len() as u64 {
                let start = at as u32;
                let header = self.header(start);
                at += header.words().max(1);
                if header.kind() != ObjectKind::Filler {
                    return Some((start, header));
                }
            }
            None
        })
    }

    /// A hash of every object's place and content (64-bit FNV-1a over words).
    pub fn digest(&self) -> u64 {
        let mut digest = 0xCBF2_9CE4_8422_2325;
        for (start, header) in self.objects() {
            let words = (0..header.words() as u32).map(|word| self.load(start, word));
            for bits in words.chain([start as u64]) {
                digest = (digest ^ bits).wrapping_mul(0x0100_0000_01B3);
            }
        }
        digest
    }

    fn free(&self) -> MutexGuard<'_, FreeLists> {
        lock(&self.free)
    }

    /// Relaxed: the counter only changes while the world is stopped, and the coordinator orders
    /// what was done in a stopped world before everything that workers do afterwards.
    fn epoch(&self) -> u32 {
        self.epoch.load(Ordering::Relaxed)
    }

    fn count(&self, objects: u64, words: u64) {
        self.allocated_objects.fetch_add(objects, Ordering::Relaxed);
        self.allocated_words.fetch_add(words, Ordering::Relaxed);
    }
}
