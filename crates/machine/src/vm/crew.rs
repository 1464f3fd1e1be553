//! Stopped workers that help with a collection.

use std::sync::Arc;

use super::machine::Shared;
use crate::heap::{Helpers, Marking};
use safepoint::{HelpReport, SharedWork, StoppedWorld, WorkerId};

/// The workers of a machine, as far as the stopped world has them.
pub(super) struct Crew<'a, 'w> {
    pub(super) shared: &'a Arc<Shared>,
    pub(super) stopped: &'a StoppedWorld<'w>,
}

impl Helpers for Crew<'_, '_> {
    fn most(&self) -> u32 {
        self.shared.gc_helpers()
    }

    fn alone(&self, usual: u32) -> u32 {
        if self.shared.gc_stress { 0 } else { usual }
    }

    fn share(&self, marking: &Arc<Marking>, own: &mut dyn FnMut()) -> HelpReport {
        let most = self.most();
        let work = MarkWork { shared: Arc::clone(self.shared), marking: Arc::clone(marking) };
        let work: Arc<dyn SharedWork> = Arc::new(work);
        let ((), report) = self.stopped.with_help(most, &work, || {
            // Workers without a task sleep elsewhere.
            self.shared.scheduler.rouse(most);
            own();
        });
        report
    }
}

/// The marking of one collection, on the threads of workers.
struct MarkWork {
    shared: Arc<Shared>,
    marking: Arc<Marking>,
}

impl SharedWork for MarkWork {
    fn help(&self, _: WorkerId) {
        self.shared.heap.help_mark(&self.marking);
    }

    fn abandon(&self) {
        self.marking.abandon();
    }
}
