//! Free spans in linked lists: a span's header is a filler, and its second word is the index of the next
//! span. So the lists need no memory of their own, and a collection allocates nothing.

use super::object::{Header, ObjectKind};
use super::words::Words;

/// End of a chain; no span starts at word 0.
pub(super) const END: u32 = 0;
/// Spans of this many words or more are in a list of their own. Chunks for buffers and large objects come
/// from them.
pub(super) const LARGE: u32 = 64;
/// Words that a worker takes at once from a large span: 16 KiB.
const CHUNK: u32 = 2048;
/// Small spans that a worker takes at once.
const BATCH: usize = 64;

/// A chain of spans in the order of their addresses.
#[derive(Debug, Clone, Copy)]
struct Chain {
    head: u32,
    tail: u32,
}

/// A span of free words, with the next one of its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) len: u32,
    pub(super) next: u32,
}

/// The shared free words of a heap.
#[derive(Debug)]
pub(super) struct FreeLists {
    small: Chain,
    large: Chain,
    /// No object is at this word or behind it.
    used: u32,
}

pub(super) fn span_at(words: &Words, start: u32) -> Span {
    let header = Header::from_bits(words.load(start));
    debug_assert_eq!(header.kind(), ObjectKind::Filler);
    Span { start, len: header.length(), next: words.load(start + 1) as u32 }
}

/// Makes words `start..start + len` one filler. Does nothing if `len` is 0.
pub(super) fn fill(words: &Words, start: u32, len: u32) {
    if len > 0 {
        words.store(start, Header::new(ObjectKind::Filler, 0, len).bits());
    }
}

impl FreeLists {
    pub(super) const fn empty() -> Self {
        let none = Chain { head: END, tail: END };
        Self { small: none, large: none, used: 0 }
    }

    /// The word behind the last object.
    pub(super) fn used(&self) -> u32 {
        self.used
    }

    /// Notes that a span was given to a buffer, which may make objects in it.
    fn given(&mut self, span: Span) -> Span {
        self.used = self.used.max(span.start + span.len);
        span
    }

    /// Appends everything from `start` to the heap's end, behind the last object.
    pub(super) fn append_rest(&mut self, words: &Words, start: u32) {
        self.append(words, start, words.len() as u32 - start);
        self.used = start;
    }

    /// Appends a span; addresses must ascend. A single word becomes a filler and is not appended.
    pub(super) fn append(&mut self, words: &Words, start: u32, len: u32) {
        fill(words, start, len);
        if len < 2 {
            return;
        }
        words.store(start + 1, END as u64);
        let chain = if len >= LARGE { &mut self.large } else { &mut self.small };
        if chain.tail == END {
            chain.head = start;
        } else {
            words.store(chain.tail + 1, start as u64);
        }
        chain.tail = start;
    }

    /// Spans for a buffer, the first of at least `need` words (fewer than [`LARGE`]).
    pub(super) fn refill(&mut self, words: &Words, need: u32) -> Option<Span> {
        debug_assert!(need < LARGE);
        // Small spans first: nothing else can use them.
        if need * 4 <= LARGE
            && let Some(span) = self.batch(words, need)
        {
            return Some(span);
        }
        self.carve(words, need, CHUNK).or_else(|| self.first_fit(words, need))
    }

    /// Exactly `need` words for one object.
    pub(super) fn take(&mut self, words: &Words, need: u32) -> Option<u32> {
        let span = match self.carve(words, need, need) {
            None if need < LARGE => self.first_fit(words, need)?,
            found => found?,
        };
        fill(words, span.start + need, span.len - need);
        Some(span.start)
    }

    /// Words of the largest span.
    pub(super) fn largest(&self, words: &Words) -> u64 {
        let mut largest = 0;
        for chain in [self.small, self.large] {
            let mut at = chain.head;
            while at != END {
                let span = span_at(words, at);
                largest = largest.max(span.len);
                at = span.next;
            }
        }
        u64::from(largest)
    }

    /// A chain of small spans. Spans before the first that is large enough are given up until the next
    /// collection finds them again.
    fn batch(&mut self, words: &Words, need: u32) -> Option<Span> {
        let mut at = self.small.head;
        while at != END && span_at(words, at).len < need {
            at = span_at(words, at).next;
        }
        if at == END {
            return None;
        }
        let first = span_at(words, at);
        let mut last = at;
        for _ in 1..BATCH {
            match span_at(words, last).next {
                END => break,
                next => last = next,
            }
        }
        self.small.head = span_at(words, last).next;
        if self.small.head == END {
            self.small.tail = END;
        }
        words.store(last + 1, END as u64);
        // The other spans are before it.
        self.given(span_at(words, last));
        Some(Span { next: if last == at { END } else { first.next }, ..first })
    }

    /// Takes the front of the first large span that has `need` words: about `want` of them.
    fn carve(&mut self, words: &Words, need: u32, want: u32) -> Option<Span> {
        let mut before = END;
        let mut at = self.large.head;
        while at != END && span_at(words, at).len < need {
            before = at;
            at = span_at(words, at).next;
        }
        if at == END {
            return None;
        }
        let span = span_at(words, at);
        let given = if span.len - want.min(span.len) >= LARGE { want } else { span.len };
        let rest = at + given;
        let follow = if given == span.len { span.next } else { rest };
        if given < span.len {
            fill(words, rest, span.len - given);
            words.store(rest + 1, span.next as u64);
        }
        match before {
            END => self.large.head = follow,
            before => words.store(before + 1, follow as u64),
        }
        if self.large.tail == at {
            self.large.tail = if given < span.len { rest } else { before };
        }
        fill(words, at, given);
        Some(self.given(Span { start: at, len: given, next: END }))
    }

    /// The first small span of at least `need` words.
    fn first_fit(&mut self, words: &Words, need: u32) -> Option<Span> {
        let mut before = END;
        let mut at = self.small.head;
        while at != END {
            let span = span_at(words, at);
            if span.len >= need {
                match before {
                    END => self.small.head = span.next,
                    before => words.store(before + 1, span.next as u64),
                }
                if self.small.tail == at {
                    self.small.tail = before;
                }
                return Some(self.given(Span { next: END, ..span }));
            }
            before = at;
            at = span.next;
        }
        None
    }
}
