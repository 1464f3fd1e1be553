//! The objects that an image can reach, and their numbers in the file.
//!
//! The bitmap is not the collector's: a snapshot is no collection, and the collector's results of this pause
//! may still be needed. Objects are numbered in the order of their addresses, without gaps. A number is the rank in
//! the bitmap, which takes half a bit per word of the heap; a table of all objects would take more.

use crate::heap::{Heap, Value};

/// The objects that can be reached.
#[derive(Debug, Default)]
pub(super) struct Live {
    bits: Vec<u64>,
    /// The number of objects before each word of `bits`.
    before: Vec<u32>,
}

impl Live {
    /// Follows references from `roots`.
    pub(super) fn find(heap: &Heap, roots: impl Iterator<Item = Value>) -> Self {
        let words = (heap.stats().capacity_bytes / 8) as usize;
        let mut bits = vec![0u64; words.div_ceil(64)];
        let mut stack = Vec::new();
        let mut reach = |value: Value, stack: &mut Vec<u32>| {
            if value.is_reference() {
                let word = value.low_word();
                let bit = 1 << (word % 64);
                if bits[word as usize / 64] & bit == 0 {
                    bits[word as usize / 64] |= bit;
                    stack.push(word);
                }
            }
        };
        for root in roots {
            reach(root, &mut stack);
            while let Some(object) = stack.pop() {
                let (from, to) = heap.header(object).values();
                for word in from..to {
                    reach(Value::from_bits(heap.load(object, word)), &mut stack);
                }
            }
        }
        let mut objects = 0;
        let before = bits.iter().map(|word| {
            let before = objects;
            objects += word.count_ones();
            before
        });
        Self { before: before.collect(), bits }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        match (self.before.last(), self.bits.last()) {
            (Some(before), Some(bits)) => *before as usize + bits.count_ones() as usize,
            _ => 0,
        }
    }

    /// The number of an object that was found.
    pub(super) fn number(&self, reference: u32) -> u32 {
        let (word, bit) = (reference as usize / 64, reference % 64);
        self.before[word] + (self.bits[word] & !(u64::MAX << bit)).count_ones()
    }

    /// Every object in the order of the numbers.
    pub(super) fn objects(&self) -> impl Iterator<Item = u32> + '_ {
        self.bits.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(index as u32 * 64 + bit)
            })
        })
    }
}
