//! The arena: the heap's words. Unsafe code of the heap is here, in `buffer` and in `text`.
//!
//! # Why racing programs are no undefined behaviour
//! A word that several workers can reach is only read and written through its `AtomicU64`, so a race between
//! bytecodes is a race of whole values. A **fresh** object (just taken from a worker's own free span) is
//! written with plain stores, because no other worker can know of it: its reference leaves the worker only
//! through [`Words::store`] (release), a lock or a queue, and is found only through [`Words::load`]
//! (acquire), a lock or a queue. With weaker orderings a worker could follow a new reference to words that
//! still hold their old content. On x86 both are plain moves; in the browser every atomic store is an
//! exchange, which is why initializing stores are kept plain, and programs use what `access` allows.

use safepoint::sync::{AtomicU64, Ordering};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;

/// A fixed number of 64-bit words, all 0 at first.
#[derive(Debug)]
pub(super) struct Words {
    start: NonNull<AtomicU64>,
    len: usize,
}

// SAFETY: the memory is owned, and shared access goes through atomics except for the plain
// accesses below, whose callers promise that they do not race.
unsafe impl Send for Words {}
// SAFETY: as above.
unsafe impl Sync for Words {}

impl Words {
    /// Takes `len` words from the allocator; `None` when it has none to give.
    pub(super) fn new(len: usize) -> Option<Self> {
        let layout = Layout::array::<AtomicU64>(len).ok().filter(|layout| layout.size() > 0)?;
        // SAFETY: the layout's size is not 0.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        // The layout was that of an array of AtomicU64, for which all zeros is valid.
        Some(Self { start: start.cast(), len })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn start(&self) -> *const AtomicU64 {
        self.start.as_ptr()
    }

    fn slice(&self) -> &[AtomicU64] {
        // SAFETY: `start` leads to `len` initialized words that live as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    /// A word that others may read and write.
    ///
    /// # Panics
    /// If there is no such word.
    #[inline]
    pub(super) fn at(&self, index: u32) -> &AtomicU64 {
        &self.slice()[index as usize]
    }

    /// Words that others may read and write.
    ///
    /// # Panics
    /// If there are no such words.
    pub(super) fn range(&self, index: u32, len: u32) -> &[AtomicU64] {
        &self.slice()[index as usize..][..len as usize]
    }

    /// Reads a word that others may write. Acquire: pairs with [`store`](Self::store), see above.
    ///
    /// # Panics
    /// If there is no such word.
    #[inline]
    pub(super) fn load(&self, index: u32) -> u64 {
        self.at(index).load(Ordering::Acquire)
    }

    /// Writes a word that others may read. Release: pairs with [`load`](Self::load), see above.
    ///
    /// # Panics
    /// If there is no such word.
    #[inline]
    pub(super) fn store(&self, index: u32, bits: u64) {
        self.at(index).store(bits, Ordering::Release);
    }

    /// Replaces a word that holds `current`. If it holds another value, the error is that value.
    ///
    /// # Panics
    /// If there is no such word.
    pub(super) fn exchange(&self, index: u32, current: u64, new: u64) -> Result<u64, u64> {
        let word = self.at(index);
        word.compare_exchange(current, new, Ordering::AcqRel, Ordering::Acquire)
    }

    /// Writes a word of a fresh object with a plain store.
    ///
    /// # Safety
    /// `index` is inside, and no other thread can reach this word until a release operation of this
    /// thread has published it.
    #[inline(always)]
    pub(super) unsafe fn init(&self, index: u32, bits: u64) {
        debug_assert!((index as usize) < self.len);
        // SAFETY: in bounds, and unreachable for others, says the caller.
        unsafe { self.start.as_ptr().add(index as usize).cast::<u64>().write(bits) };
    }

    /// Writes words of a fresh object with plain stores.
    ///
    /// # Safety
    /// As for [`init`](Self::init), for each of the words.
    #[inline(always)]
    pub(super) unsafe fn init_all(&self, index: u32, len: u32, bits: u64) {
        debug_assert!(index as usize + len as usize <= self.len);
        // SAFETY: in bounds and unreachable for others, says the caller.
        unsafe {
            let start = self.start.as_ptr().add(index as usize).cast::<u64>();
            for word in 0..len as usize {
                start.add(word).write(bits);
            }
        }
    }

    /// Words of a fresh object, to write with plain stores.
    ///
    /// # Safety
    /// As for [`init`](Self::init), for each of the words, as long as the slice lives.
    #[allow(clippy::mut_from_ref, reason = "nothing else leads to the words of a fresh object")]
    pub(super) unsafe fn fresh(&self, index: u32, len: u32) -> &mut [u64] {
        debug_assert!(index as usize + len as usize <= self.len);
        // SAFETY: in bounds and unreachable for others, says the caller; all words have been written once.
        unsafe {
            let start = self.start.as_ptr().add(index as usize).cast::<u64>();
            std::slice::from_raw_parts_mut(start, len as usize)
        }
    }

    /// Words that no thread writes any more.
    ///
    /// # Safety
    /// As for [`bytes`](Self::bytes).
    pub(super) unsafe fn fixed(&self, index: u32, len: u32) -> &[u64] {
        debug_assert!(index as usize + len as usize <= self.len);
        // SAFETY: in bounds and unchanging, says the caller.
        unsafe {
            let start = self.start.as_ptr().add(index as usize).cast::<u64>();
            std::slice::from_raw_parts(start, len as usize)
        }
    }

    /// Bytes of words that no thread writes any more.
    ///
    /// # Safety
    /// The words of these bytes are inside, were published to this thread, and no thread writes them while
    /// the slice lives.
    pub(super) unsafe fn bytes(&self, index: u32, len: usize) -> &[u8] {
        debug_assert!(index as usize + len.div_ceil(8) <= self.len);
        // SAFETY: in bounds and unchanging, says the caller; any byte is a valid u8.
        unsafe {
            std::slice::from_raw_parts(self.start.as_ptr().add(index as usize).cast::<u8>(), len)
        }
    }

    /// Writes bytes into words of a fresh object, the last word filled up with zeros.
    ///
    /// # Safety
    /// As for [`init`](Self::init), for every word that holds one of the `at + bytes.len()` bytes.
    pub(super) unsafe fn init_bytes(&self, index: u32, at: usize, bytes: &[u8]) {
        debug_assert!(index as usize + (at + bytes.len()).div_ceil(8) <= self.len);
        // SAFETY: in bounds and unreachable for others, says the caller; `bytes` belongs to another
        // object or to no object, so the two do not overlap.
        unsafe {
            let start = self.start.as_ptr().add(index as usize).cast::<u8>().add(at);
            start.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        // The layout was valid when the words were taken.
        if let Ok(layout) = Layout::array::<AtomicU64>(self.len) {
            // SAFETY: taken from this allocator with this layout, and no borrow of `self` is left.
            unsafe { dealloc(self.start.as_ptr().cast(), layout) };
        }
    }
}
