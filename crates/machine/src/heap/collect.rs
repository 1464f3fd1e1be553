//! A collection: it marks the objects that the roots reach, and makes free spans of the rest.

use std::sync::Arc;
use std::time::Duration;

use super::free::FreeLists;
use super::mark::{Marked, Marker, Marking};
use super::{FIRST, Heap};
use safepoint::clock;
use safepoint::sync::Ordering;
use safepoint::{HelpReport, StoppedWorld};

/// The results of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CollectionFigures {
    /// Bytes in use before, garbage included.
    pub before_bytes: u64,
    /// Bytes in use after: the live objects.
    pub after_bytes: u64,
    /// The heap's limit.
    pub capacity_bytes: u64,
    /// Objects before, garbage included.
    pub objects_before: u64,
    /// Objects that were garbage.
    pub objects_freed: u64,
    /// Objects that are reachable.
    pub objects_live: u64,
    /// Time to find the reachable objects.
    pub mark_time: Duration,
    /// Time to make free spans of the others.
    pub sweep_time: Duration,
    /// Stopped workers that helped to mark.
    pub helpers: u32,
}

/// Objects that are scanned before helpers are called: waking helpers for fewer would cost more.
const ALONE: u32 = 2048;

/// Calls helpers for marking.
pub trait Helpers {
    /// The largest number of helpers.
    fn most(&self) -> u32;

    /// Objects that are scanned before helpers are called.
    fn alone(&self, usual: u32) -> u32 {
        usual
    }

    /// Runs `own`, while helpers call [`Heap::help_mark`] with `marking`. Returns when they are done.
    fn share(&self, marking: &Arc<Marking>, own: &mut dyn FnMut()) -> HelpReport;
}

/// No helpers.
#[cfg(test)]
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHelpers;

#[cfg(test)]
impl Helpers for NoHelpers {
    fn most(&self) -> u32 {
        0
    }

    fn share(&self, _: &Arc<Marking>, own: &mut dyn FnMut()) -> HelpReport {
        own();
        HelpReport::default()
    }
}

impl Heap {
    /// Frees every object that `roots` do not reach. Every worker must have parked its buffer
    /// before it stopped, and revalidates it afterwards.
    ///
    /// `roots` is called again if a helper is lost.
    pub fn collect(
        &self,
        _stopped: &StoppedWorld<'_>,
        helpers: &dyn Helpers,
        roots: &mut dyn FnMut(&mut Marker<'_>),
    ) -> CollectionFigures {
        self.collect_stopped(&|| Marker::new(self), helpers, roots)
    }

    pub(super) fn collect_stopped<'h>(
        &'h self,
        marker: &dyn Fn() -> Marker<'h>,
        helpers: &dyn Helpers,
        roots: &mut dyn FnMut(&mut Marker<'_>),
    ) -> CollectionFigures {
        let before = self.stats();
        let begin = clock::now();
        let (found, helped) = self.mark(marker, helpers, roots);
        let marked = clock::now();
        self.sweep();
        let swept = clock::now();

        self.live_objects.store(found.objects, Ordering::Relaxed);
        self.live_words.store(found.words, Ordering::Relaxed);
        self.allocated_objects.store(0, Ordering::Relaxed);
        self.allocated_words.store(0, Ordering::Relaxed);
        self.epoch.fetch_add(1, Ordering::Relaxed);
        self.torn.store(false, Ordering::Relaxed);
        CollectionFigures {
            before_bytes: before.used_bytes,
            after_bytes: found.words * 8,
            capacity_bytes: before.capacity_bytes,
            objects_before: before.objects,
            objects_freed: before.objects.saturating_sub(found.objects),
            objects_live: found.objects,
            mark_time: marked.since(begin),
            sweep_time: swept.since(marked),
            helpers: helped,
        }
    }

    fn mark<'h>(
        &'h self,
        marker: &dyn Fn() -> Marker<'h>,
        helpers: &dyn Helpers,
        roots: &mut dyn FnMut(&mut Marker<'_>),
    ) -> (Marked, u32) {
        let used = self.free().used();
        self.bitmap.clear(used);
        let mut first = marker();
        roots(&mut first);
        if helpers.most() == 0 || first.drain_some(helpers.alone(ALONE)) {
            return (first.drain(), 0);
        }
        let marking = Arc::new(first.share(helpers.most()));
        let report = helpers.share(&marking, &mut || {
            first.drain_together(&marking);
        });
        if report.lost {
            // The objects of the lost helper are marked but not scanned: begin again, without helpers.
            self.bitmap.clear(used);
            first = marker();
            roots(&mut first);
        } else {
            first.take_over(&marking);
        }
        (first.drain(), report.helped)
    }

    /// Chains everything between the marked objects as free spans.
    #[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
    fn sweep(&self) {
        let mut free = FreeLists::empty();
        let mut at = FIRST;
        while let Some(live) = self.bitmap.next(at) {
            free.append(&self.words, at, live - at);
            at = live + self.header(live).words() as u32;
        }
        free.append_rest(&self.words, at);
        *self.free() = free;
    }
}
