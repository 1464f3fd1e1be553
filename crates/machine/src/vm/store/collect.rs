//! A collection: the roots, and the stopped workers that help to mark.

use std::sync::Arc;

use super::Store;
use crate::heap::{CollectionFigures, Heap, Helpers, Marker, Marking, Value};
use crate::vm::frames::live_registers;
use crate::vm::program::Program;
use safepoint::sync::Ordering;
use safepoint::{HelpReport, SharedWork, StoppedWorld, WorkerId};

impl Store {
    /// Frees every object that the program cannot reach. Only for `Workers::collect`, which first settles what
    /// dead workers left.
    pub(in crate::vm) fn collect(
        &self,
        program: &Program,
        stopped: &StoppedWorld<'_>,
    ) -> CollectionFigures {
        let helpers = StoppedWorkers { store: self, stopped };
        self.heap.collect(stopped, &helpers, &mut |marker| self.mark_roots(program, marker))
    }

    /// Everything outside of the heap that refers to objects: constants, globals, objects that workers have
    /// just allocated, and for every task its handle and its registers up to the top frame's operands. The
    /// frames are one piece of memory, so these registers are exactly the locals and operands of all frames.
    fn mark_roots(&self, program: &Program, marker: &mut Marker<'_>) {
        for constant in &program.constants {
            marker.value(*constant);
        }
        for global in &self.globals {
            marker.value(Value::from_bits(global.load(Ordering::Relaxed)));
        }
        for object in &self.in_flight {
            match object.load(Ordering::Relaxed) {
                0 => {}
                object => marker.reference(object),
            }
        }
        for entry in self.scheduler.state().tasks.values() {
            marker.reference(entry.task.handle);
            // SAFETY: the world is stopped, so no worker touches the body; the reference does not
            // outlive this turn of the loop.
            let body = unsafe { &*entry.task.body() };
            for register in live_registers(program, body) {
                marker.value(Value::from_bits(register.get()));
            }
        }
    }
}

/// The workers of a stopped world, as helpers.
struct StoppedWorkers<'a, 'w> {
    store: &'a Store,
    stopped: &'a StoppedWorld<'w>,
}

impl Helpers for StoppedWorkers<'_, '_> {
    fn most(&self) -> u32 {
        self.store.gc_helpers
    }

    fn alone(&self, usual: u32) -> u32 {
        if self.store.gc_stress { 0 } else { usual }
    }

    fn share(&self, marking: &Arc<Marking>, own: &mut dyn FnMut()) -> HelpReport {
        let most = self.most();
        let (heap, marking) = (Arc::clone(&self.store.heap), Arc::clone(marking));
        let work: Arc<dyn SharedWork> = Arc::new(MarkWork { heap, marking });
        let ((), report) = self.stopped.with_help(most, &work, || {
            // Workers without a task sleep elsewhere.
            self.store.scheduler.rouse(most);
            own();
        });
        report
    }
}

/// The marking of one collection, on the threads of workers.
struct MarkWork {
    heap: Arc<Heap>,
    marking: Arc<Marking>,
}

impl SharedWork for MarkWork {
    fn help(&self, _: WorkerId) {
        self.heap.help_mark(&self.marking);
    }

    fn abandon(&self) {
        self.marking.abandon();
    }
}
