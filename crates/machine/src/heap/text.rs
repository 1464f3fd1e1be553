//! Strings in the heap.

use std::cmp::Ordering;

use super::object::{Header, ObjectKind};
use super::{Buffer, Heap};

impl Heap {
    /// Allocates a string from pieces, one after the other. `None`: no room.
    pub(crate) fn string(&self, buffer: &mut Buffer, pieces: &[&str]) -> Option<u32> {
        self.of_pieces(buffer, pieces.iter().map(|piece| piece.as_bytes()))
    }

    /// Allocates a string of two others. `None`: no room.
    ///
    /// # Panics
    /// If one of the objects is no string.
    pub(crate) fn joined(&self, buffer: &mut Buffer, left: u32, right: u32) -> Option<u32> {
        self.of_pieces(buffer, [self.bytes(left), self.bytes(right)].into_iter())
    }

    fn of_pieces<'p>(
        &self,
        buffer: &mut Buffer,
        pieces: impl Iterator<Item = &'p [u8]> + Clone,
    ) -> Option<u32> {
        let mut lengths = pieces.clone().map(<[u8]>::len);
        let length = lengths.try_fold(0usize, usize::checked_add)?;
        let header = Header::new(ObjectKind::String, 0, u32::try_from(length).ok()?);
        let words = u32::try_from(header.words()).ok()?;
        let start = match buffer.bump(words) {
            Some(start) => start,
            None => buffer.take(self, words)?,
        };
        // SAFETY: these words were just taken from a span that belongs to this buffer alone; the
        // pieces fit because the header counts them, and lie in other objects or outside.
        unsafe {
            self.words.init(start, header.bits());
            if words > 1 {
                self.words.init(start + words - 1, 0);
            }
            let mut at = 0;
            for piece in pieces {
                self.words.init_bytes(start + 1, at, piece);
                at += piece.len();
            }
        }
        Some(start)
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
