//! What a program printed: the end of it, and how much was dropped.

use safepoint::sync::{Mutex, lock};
use std::collections::VecDeque;

/// Bytes that are kept unless a reader asks for more, and that go into a snapshot.
pub(crate) const KEPT: usize = 256 * 1024;

/// The program's output so far.
#[derive(Debug, Default)]
pub(super) struct Output {
    tail: Mutex<Tail>,
}

#[derive(Debug)]
struct Tail {
    bytes: VecDeque<u8>,
    dropped: u64,
    most: usize,
}

impl Default for Tail {
    fn default() -> Self {
        Self { bytes: VecDeque::new(), dropped: 0, most: KEPT }
    }
}

/// A part of a program's output.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutputChunk {
    /// The text after the cursor, as far as it was kept.
    pub text: String,
    /// Bytes after the cursor that were dropped because there was too much output.
    pub dropped_bytes: u64,
    /// The cursor for the next call: bytes printed so far.
    pub cursor: u64,
}

impl Output {
    /// Appends a line.
    pub(super) fn line(&self, text: &str) {
        let mut tail = lock(&self.tail);
        let skipped = text.len().saturating_sub(tail.most);
        if skipped > 0 {
            tail.dropped += (tail.bytes.len() + skipped) as u64;
            tail.bytes.clear();
        }
        tail.bytes.extend(&text.as_bytes()[skipped..]);
        tail.bytes.push_back(b'\n');
        let excess = tail.bytes.len().saturating_sub(tail.most);
        if excess > 0 {
            tail.bytes.drain(..excess);
            tail.dropped += excess as u64;
        }
    }

    /// Keeps so many bytes from now on, but no fewer than at first.
    pub(super) fn keep(&self, most: usize) {
        lock(&self.tail).most = most.max(KEPT);
    }

    /// The number of bytes that a snapshot leaves out, and the bytes that it keeps.
    pub(super) fn image(&self) -> (u64, Vec<u8>) {
        let tail = lock(&self.tail);
        let before = tail.bytes.len().saturating_sub(KEPT);
        (tail.dropped + before as u64, tail.bytes.range(before..).copied().collect())
    }

    /// Output that goes on where another's stopped.
    pub(super) fn restored(dropped: u64, bytes: Vec<u8>) -> Self {
        Self { tail: Mutex::new(Tail { bytes: bytes.into(), dropped, most: KEPT }) }
    }

    /// What was printed after the first `cursor` bytes.
    pub(super) fn since(&self, cursor: u64) -> OutputChunk {
        let tail = lock(&self.tail);
        let end = tail.dropped + tail.bytes.len() as u64;
        let from = cursor.clamp(tail.dropped, end);
        let bytes: Vec<u8> = tail.bytes.range((from - tail.dropped) as usize..).copied().collect();
        OutputChunk {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            dropped_bytes: from - cursor.min(from),
            cursor: end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_every_line_once() {
        let output = Output::default();
        output.line("one");
        let first = output.since(0);
        output.line("two");
        let second = output.since(first.cursor);
        assert_eq!((first.text.as_str(), second.text.as_str()), ("one\n", "two\n"));
        assert_eq!(output.since(second.cursor).text, "");
    }

    #[test]
    fn a_reader_who_comes_seldom_has_more_kept_and_a_snapshot_has_not() {
        let output = Output::default();
        output.keep(3 * KEPT);
        output.line(&"x".repeat(2 * KEPT));
        let chunk = output.since(0);
        assert_eq!((chunk.text.len(), chunk.dropped_bytes), (2 * KEPT + 1, 0));
        let (dropped, bytes) = output.image();
        assert_eq!((dropped, bytes.len()), (KEPT as u64 + 1, KEPT));
    }

    #[test]
    fn too_much_output_is_dropped_from_the_front_and_counted() {
        let output = Output::default();
        let line = "x".repeat(999);
        for _ in 0..1000 {
            output.line(&line);
        }
        let chunk = output.since(0);
        assert_eq!(chunk.text.len(), KEPT);
        assert_eq!(chunk.dropped_bytes, 1_000_000 - KEPT as u64);
        assert_eq!(chunk.cursor, 1_000_000);
        output.line(&"y".repeat(2 * KEPT));
        assert_eq!(output.since(0).text.len(), KEPT);
        assert!(output.since(u64::MAX).text.is_empty());
    }
}
