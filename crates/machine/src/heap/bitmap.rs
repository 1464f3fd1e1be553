//! The mark bits.

use safepoint::sync::{AtomicU64, AtomicUsize, Ordering};

/// One bit for every word of the heap; set where a live object's header is.
///
/// Relaxed throughout: the objects were written before the world stopped, and each marker publishes its marks
/// to the sweeping thread through the lock that it takes when it leaves.
#[derive(Debug)]
pub(super) struct Bitmap {
    bits: Vec<AtomicU64>,
    /// The number of cells in use. No object lies behind them, and no bit behind them is set.
    used: AtomicUsize,
}

impl Bitmap {
    pub(super) fn new(words: usize) -> Option<Self> {
        let mut bits = Vec::new();
        let len = words.div_ceil(64);
        bits.try_reserve_exact(len).ok()?;
        bits.resize_with(len, || AtomicU64::new(0));
        Some(Self { bits, used: AtomicUsize::new(0) })
    }

    /// Sets a bit. Returns whether it was clear. `alone`: no other thread sets bits.
    #[inline]
    pub(super) fn set(&self, word: u32, alone: bool) -> bool {
        debug_assert!(
            (word as usize) < self.used.load(Ordering::Relaxed) * 64,
            "no object at {word}"
        );
        let cell = &self.bits[word as usize / 64];
        let bit = 1 << (word % 64);
        let old = cell.load(Ordering::Relaxed);
        if old & bit != 0 {
            return false;
        }
        if alone {
            cell.store(old | bit, Ordering::Relaxed);
            return true;
        }
        cell.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }

    /// The first set bit at `word` or after.
    #[inline]
    pub(super) fn next(&self, word: u32) -> Option<u32> {
        let cells = &self.bits[..self.used.load(Ordering::Relaxed)];
        let mut index = word as usize / 64;
        let mut bits = cells.get(index)?.load(Ordering::Relaxed) & (u64::MAX << (word % 64));
        while bits == 0 {
            index += 1;
            bits = cells.get(index)?.load(Ordering::Relaxed);
        }
        Some(index as u32 * 64 + bits.trailing_zeros())
    }

    /// Clears the bits for a heap that has no object from word `used` on, so an almost empty heap costs little.
    /// The bits from `used` on are clear already: no object was there at the last marking either.
    pub(super) fn clear(&self, used: u32) {
        let cells = (used as usize).div_ceil(64);
        self.used.store(cells, Ordering::Relaxed);
        for cell in &self.bits[..cells] {
            cell.store(0, Ordering::Relaxed);
        }
    }
}
