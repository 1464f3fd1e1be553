//! A ring of events with one writer and any number of readers. Neither waits for the other.

use safepoint::sync::Ordering;
use safepoint::sync::record::{AtomicU32, fence};

use super::event::{EVENT_WORDS, Event};

const HEADER_WORDS: usize = 16;
const WRITTEN: usize = 0;
const CAPACITY: usize = 1;

/// A ring of events in memory that a page can read in place; see the [module](super) for its layout.
pub struct Ring {
    // Words of 64 bits would need 64-bit atomics on the reader's side. JavaScript reads 32-bit
    // words fastest.
    words: Box<[Aligned]>,
    capacity: u32,
}

/// Two words, so that the ring starts on 8 bytes and times can be read as `f64`.
#[repr(C, align(8))]
struct Aligned([AtomicU32; 2]);

/// The result of a read.
#[derive(Debug, Default, PartialEq)]
pub struct Read {
    /// In the order in which they were written.
    pub events: Vec<Event>,
    /// How many were overwritten before they could be read.
    pub dropped: u32,
}

impl Ring {
    /// A ring of `capacity` events, rounded up to a power of two and at least 16.
    pub fn new(capacity: u32) -> Self {
        let capacity = capacity.clamp(16, 1 << 20).next_power_of_two();
        let words = HEADER_WORDS + capacity as usize * EVENT_WORDS;
        let words = (0..words / 2)
            .map(|_| Aligned([AtomicU32::new(0), AtomicU32::new(0)]))
            .collect::<Box<[_]>>();
        let ring = Self { words, capacity };
        ring.word(CAPACITY).store(capacity, Ordering::Relaxed);
        ring
    }

    /// Where the ring starts in memory, for a reader that shares it.
    pub fn address(&self) -> usize {
        self.words.as_ptr().addr()
    }

    /// How many events it holds.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    fn word(&self, index: usize) -> &AtomicU32 {
        &self.words[index / 2].0[index % 2]
    }

    fn slot(&self, event: u32) -> usize {
        HEADER_WORDS + (event & (self.capacity - 1)) as usize * EVENT_WORDS
    }

    /// Appends an event; when the ring is full, in place of the oldest. Only one thread may write.
    pub fn write(&self, event: &Event) {
        // Relaxed: this thread is the only writer.
        let written = self.word(WRITTEN).load(Ordering::Relaxed);
        let slot = self.slot(written);
        // Release fence: pairs with the reader's Acquire fence, see there.
        fence(Ordering::Release);
        for (at, word) in event.encode().into_iter().enumerate() {
            self.word(slot + at).store(word, Ordering::Relaxed);
        }
        // Release: pairs with the reader's Acquire load, which then sees the event's words.
        self.word(WRITTEN).store(written.wrapping_add(1), Ordering::Release);
    }

    /// All events since `cursor` (0 at first), at most `capacity - 1`. Moves the cursor behind
    /// them.
    pub fn read(&self, cursor: &mut u32) -> Read {
        // Acquire: pairs with the writer's Release store.
        let written = self.word(WRITTEN).load(Ordering::Acquire);
        // The oldest slot is the one that the writer may be filling now.
        let readable = self.capacity - 1;
        let dropped = written.wrapping_sub(*cursor).saturating_sub(readable);
        let first = cursor.wrapping_add(dropped);
        let count = written.wrapping_sub(first);
        let copied: Vec<_> = (0..count)
            .map(|n| {
                let slot = self.slot(first.wrapping_add(n));
                std::array::from_fn(|at| self.word(slot + at).load(Ordering::Relaxed))
            })
            .collect();
        // Acquire fence: pairs with the writer's Release fence. If a word above came from event `m`,
        // the load below sees at least `m` written, and what `m` replaced is left out.
        fence(Ordering::Acquire);
        let now = self.word(WRITTEN).load(Ordering::Relaxed);
        let overtaken = now.wrapping_sub(first).saturating_sub(readable).min(count);
        *cursor = written;
        Read {
            events: copied.into_iter().skip(overtaken as usize).filter_map(Event::decode).collect(),
            dropped: dropped + overtaken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::EventKind;
    use super::*;

    fn event(n: u32) -> Event {
        Event {
            pause: n,
            count: n.wrapping_mul(7),
            detail: 2,
            ..Event::new(f64::from(n) * 1.5, EventKind::Arrived)
        }
    }

    #[test]
    fn events_are_read_as_they_were_written() {
        let ring = Ring::new(16);
        let mut cursor = 0;
        for n in 0..10 {
            ring.write(&event(n));
        }
        let read = ring.read(&mut cursor);
        assert_eq!(read.dropped, 0);
        assert_eq!(read.events, (0..10).map(event).collect::<Vec<_>>());
        assert_eq!(ring.read(&mut cursor), Read::default());
    }

    #[test]
    fn a_reader_learns_how_many_events_were_overwritten() {
        let ring = Ring::new(16);
        let mut cursor = 0;
        for n in 0..50 {
            ring.write(&event(n));
        }
        let read = ring.read(&mut cursor);
        assert_eq!(read.dropped, 35);
        assert_eq!(read.events, (35..50).map(event).collect::<Vec<_>>());
    }

    #[test]
    fn a_reader_that_races_the_writer_never_sees_a_torn_event() {
        let ring = Ring::new(64);
        let last = 200_000;
        std::thread::scope(|scope| {
            scope.spawn(|| (0..last).for_each(|n| ring.write(&event(n))));
            let (mut cursor, mut seen, mut dropped) = (0, 0, 0);
            while seen + dropped < last {
                let read = ring.read(&mut cursor);
                dropped += read.dropped;
                seen += read.events.len() as u32;
                for got in read.events {
                    assert_eq!(got, event(got.pause));
                }
            }
            assert_eq!(seen + dropped, last);
        });
    }
}
