//! Strings in the heap.

use std::cmp::Ordering;

use super::object::{Header, ObjectKind};
use super::{Buffer, Heap};

/// So many words of text are written one by one. In a browser a copy of bytes is a call, which takes as long.
const FEW: usize = 12;

/// Writes words by so many bits further, less than 64, behind those of `before`. Gives what is left of the last.
#[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
#[inline(never)]
fn write(to: &mut [u64], before: u64, bits: u32, words: &[u64]) -> u64 {
    let mut carry = before;
    for (to, word) in to.iter_mut().zip(words) {
        let word = u64::from_le(*word);
        *to = (carry | word << bits).to_le();
        carry = word >> 1 >> (63 - bits);
    }
    carry
}

/// Up to eight bytes as they lie in a word.
fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)).to_le()
}

impl Heap {
    /// Allocates a string. `None`: no room.
    #[inline(never)]
    pub(crate) fn string(&self, buffer: &mut Buffer, text: &str) -> Option<u32> {
        let (start, to) = self.room(buffer, text.len())?;
        if to.len() <= FEW {
            for (index, to) in to.iter_mut().enumerate() {
                *to = word(&text.as_bytes()[index * 8..text.len().min(index * 8 + 8)]);
            }
        } else {
            let words = to.len() as u32;
            // SAFETY: as in `room`, which counted these bytes.
            unsafe { self.fill(start, words, 0, text.as_bytes()) };
        }
        Some(start)
    }

    /// Allocates a string of two others. `None`: no room.
    ///
    /// # Panics
    /// If one of the objects is no string.
    #[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
    pub(crate) fn joined(&self, buffer: &mut Buffer, left: u32, right: u32) -> Option<u32> {
        let (first, second) = (self.bytes(left), self.bytes(right));
        let (start, to) = self.room(buffer, first.len().checked_add(second.len())?)?;
        let words = |string: u32, bytes: &[u8]| {
            // SAFETY: as in `bytes`, of whose words these are all.
            unsafe { self.words.fixed(string + 1, bytes.len().div_ceil(8) as u32) }
        };
        let (left, right) = (words(left, first), words(right, second));
        if left.len() <= FEW {
            write(to, 0, 0, left);
        } else {
            to[..left.len()].copy_from_slice(left);
        }
        if right.len() <= FEW {
            let (full, bits) = (first.len() / 8, first.len() % 8 * 8);
            // Not of the copy: what a wide store has just written is slow to read.
            let before = left.get(full).map_or(0, |word| u64::from_le(*word));
            let rest = write(&mut to[full..], before, bits as u32, right);
            if let Some(last) = to.get_mut(full + right.len()) {
                *last = rest.to_le();
            }
        } else {
            let words = to.len() as u32;
            // SAFETY: as in `room`, which counted these bytes.
            unsafe { self.fill(start, words, first.len(), second) };
        }
        Some(start)
    }

    /// Takes the words of a string of so many bytes and writes its header; the words of its text are still to be written.
    /// `None`: no room.
    #[inline(always)]
    #[allow(clippy::mut_from_ref, reason = "nothing else leads to the words of a fresh object")]
    fn room(&self, buffer: &mut Buffer, length: usize) -> Option<(u32, &mut [u64])> {
        let header = Header::new(ObjectKind::String, 0, u32::try_from(length).ok()?);
        let words = u32::try_from(header.words()).ok()?;
        let start = match buffer.bump(words) {
            Some(start) => start,
            None => buffer.take(self, words)?,
        };
        // SAFETY: these words were just taken from a span that belongs to this buffer alone.
        let to = unsafe {
            self.words.init(start, header.bits());
            self.words.fresh(start + 1, words - 1)
        };
        Some((start, to))
    }

    /// Writes the last bytes of a string, more than eight, behind so many.
    ///
    /// # Safety
    /// [`room`](Self::room) has just given so many words for the text, the slice of them is not used any more, and the bytes
    /// fit and lie in another object or outside.
    unsafe fn fill(&self, start: u32, words: u32, at: usize, bytes: &[u8]) {
        // SAFETY: says the caller.
        unsafe {
            self.words.init(start + words, 0);
            self.words.init_bytes(start + 1, at, bytes);
        }
    }

    /// The text of a string.
    ///
    /// No collection may happen while the caller holds the text. A worker would have to stop for one.
    ///
    /// # Panics
    /// If the object is no string.
    pub(crate) fn text(&self, reference: u32) -> &str {
        std::str::from_utf8(self.bytes(reference)).unwrap_or("\u{FFFD}")
    }

    /// The bytes of a string, for what need not know its characters. As [`text`](Self::text).
    fn bytes(&self, reference: u32) -> &[u8] {
        let header = self.header(reference);
        assert_eq!(header.kind(), ObjectKind::String, "not a string at word {reference}");
        // SAFETY: strings are written before they are published and never again, and only a
        // collection frees them.
        unsafe { self.words.bytes(reference + 1, header.length() as usize) }
    }

    /// The beginning of a string, at most so many bytes of it, and whether that is all. Takes no longer
    /// for a long string.
    ///
    /// # Panics
    /// If the object is no string.
    pub(crate) fn text_start(&self, reference: u32, most: usize) -> (&str, bool) {
        let header = self.header(reference);
        assert_eq!(header.kind(), ObjectKind::String, "not a string at word {reference}");
        let length = header.length() as usize;
        // SAFETY: as in `text`, and no more than the string has.
        let bytes = unsafe { self.words.bytes(reference + 1, length.min(most)) };
        let whole = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            // Cut inside of a character.
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        (whole, length <= most)
    }

    /// Compares two strings as JavaScript does, by their units of UTF-16.
    ///
    /// # Panics
    /// If either is no string.
    pub(crate) fn compare_text(&self, left: u32, right: u32) -> Ordering {
        let (left, right) = (self.bytes(left), self.bytes(right));
        match left.iter().zip(right).find(|(left, right)| left != right) {
            Some((left, right)) => unit_order(*left).cmp(&unit_order(*right)),
            None => left.len().cmp(&right.len()),
        }
    }
}

/// In UTF-16 what takes two units (its first byte is F0 or more) comes before U+E000 to U+FFFF (EE or EF). For all
/// other characters the order of bytes is that of units.
fn unit_order(byte: u8) -> u8 {
    if matches!(byte, 0xEE | 0xEF) { byte + 0x10 } else { byte }
}
