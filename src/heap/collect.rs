//! A collection: mark what the roots reach, make free spans of the rest.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::free::FreeLists;
use super::mark::Marker;
use super::{FIRST, Heap};
use crate::clock;
use crate::safepoint::StoppedWorld;

/// What a collection found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CollectionFigures {
    /// Bytes in use before, garbage included.
    pub before_bytes: u64,
    /// Bytes in use after: the live objects.
    pub after_bytes: u64,
    /// The heap's limit.
    pub capacity_bytes: u64,
    /// Objects that were garbage.
    pub objects_freed: u64,
    /// Objects that are reachable.
    pub objects_live: u64,
    /// Time to find the reachable objects.
    pub mark_time: Duration,
    /// Time to make free spans of the others.
    pub sweep_time: Duration,
    /// Stopped workers that helped.
    pub helpers: u32,
}

impl Heap {
    /// Frees every object that `roots` do not reach. Every worker must have parked its buffer
    /// before it stopped, and revalidates it afterwards.
    pub fn collect(
        &self,
        _stopped: &StoppedWorld<'_>,
        roots: &mut dyn FnMut(&mut Marker<'_>),
    ) -> CollectionFigures {
        self.collect_stopped(Marker::new(self), roots)
    }

    pub(super) fn collect_stopped(
        &self,
        mut marker: Marker<'_>,
        roots: &mut dyn FnMut(&mut Marker<'_>),
    ) -> CollectionFigures {
        let before = self.stats();
        let begin = clock::now();
        self.bitmap.clear();
        roots(&mut marker);
        marker.drain();
        let marked = clock::now();
        self.sweep();
        let swept = clock::now();

        self.live_objects.store(marker.objects, Ordering::Relaxed);
        self.live_words.store(marker.words, Ordering::Relaxed);
        self.allocated_objects.store(0, Ordering::Relaxed);
        self.allocated_words.store(0, Ordering::Relaxed);
        self.epoch.fetch_add(1, Ordering::Relaxed);
        CollectionFigures {
            before_bytes: before.used_bytes,
            after_bytes: marker.words * 8,
            capacity_bytes: before.capacity_bytes,
            objects_freed: before.objects.saturating_sub(marker.objects),
            objects_live: marker.objects,
            mark_time: marked.since(begin),
            sweep_time: swept.since(marked),
            helpers: 0,
        }
    }

    /// Chains everything between the marked objects as free spans.
    fn sweep(&self) {
        let mut free = FreeLists::empty();
        let mut at = FIRST;
        while let Some(live) = self.bitmap.next(at) {
            free.append(&self.words, at, live - at);
            at = live + self.header(live).words() as u32;
        }
        free.append(&self.words, at, self.words.len() as u32 - at);
        *self.free() = free;
    }
}
