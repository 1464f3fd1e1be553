//! The machine's part for a debugger: breakpoints, steps, and the objects behind references.
//!
//! While there is a breakpoint, tasks run in the debugger's form of the program ([`Form`]), which checks
//! before every visible instruction whether to stop. The fast form has no such checks. Tasks change form
//! while the world is stopped, when every task is saved (`forms`).
//!
//! A worker whose task must stop requests a pause like any requester, and hands the stopped world to the
//! machine's [`DebugSink`]. There is no second way of stopping.

mod breakpoints;
mod condition;
mod expr;
pub(super) mod forms;
mod halt;
pub(super) mod inspect;
mod parse;

use std::sync::Arc;

use super::code::{Code, Form, Visible};
use super::program::Program;
use super::store::Store;
use super::text::variable;
use crate::heap::{Buffer, Value};
use safepoint::StoppedWorld;
use safepoint::sync::{AtomicBool, AtomicU8, Mutex, MutexGuard, Ordering, lock};

pub use breakpoints::{
    Breakpoint, BreakpointError, BreakpointPlace, BreakpointRequest, BreakpointView,
    MOST_BREAKPOINTS,
};
pub use expr::ConditionError;
pub use halt::{DebugSink, Halt, HaltReason};
pub use inspect::{HolderView, ObjectView, SHOWN_CHARACTERS, SHOWN_ENTRIES, SHOWN_HOLDERS};

use breakpoints::{Breakpoints, Hit};

/// The debugger's part of a machine.
pub(super) struct Debugger {
    /// For each instruction by its number whether there is a breakpoint. Relaxed: only written while
    /// the world is stopped, and the coordinator orders that before what workers do afterwards.
    watched: Box<[AtomicU8]>,
    /// Whether tasks must be in the debugger's form. Relaxed: as `watched`.
    active: AtomicBool,
    /// Relaxed: as `watched`.
    break_on_trap: AtomicBool,
    breakpoints: Mutex<Breakpoints>,
    pub(super) sink: Option<Arc<dyn DebugSink>>,
    buffer: Mutex<Buffer>,
}

impl Debugger {
    /// For a machine that has not started.
    pub(super) fn new(
        program: &Program,
        breakpoints: Vec<Breakpoint>,
        break_on_trap: bool,
        sink: Option<Arc<dyn DebugSink>>,
    ) -> Self {
        let active = break_on_trap || !breakpoints.is_empty();
        let debugger = Self {
            watched: (0..program.code.instructions()).map(|_| AtomicU8::new(0)).collect(),
            active: AtomicBool::new(active),
            break_on_trap: AtomicBool::new(break_on_trap),
            breakpoints: Mutex::default(),
            sink,
            buffer: Mutex::default(),
        };
        for breakpoint in breakpoints.into_iter().take(MOST_BREAKPOINTS) {
            let _ = debugger.breakpoints().add(&program.module, breakpoint);
        }
        debugger.watch(&program.code);
        debugger
    }

    fn breakpoints(&self) -> MutexGuard<'_, Breakpoints> {
        lock(&self.breakpoints)
    }

    /// Where steps allocate.
    pub(super) fn buffer(&self) -> MutexGuard<'_, Buffer> {
        lock(&self.buffer)
    }

    /// Whether there is a breakpoint at the instruction of that number.
    #[inline(always)]
    pub(super) fn is_watched(&self, number: u32) -> bool {
        self.watched.get(number as usize).is_some_and(|it| it.load(Ordering::Relaxed) != 0)
    }

    /// The form in which tasks must be.
    pub(super) fn form(&self) -> Form {
        if self.active.load(Ordering::Relaxed) { Form::Debug } else { Form::Fast }
    }

    /// Makes every task, also later ones, run in the debugger's form or not.
    fn use_form(&self, program: &Program, store: &Store, stopped: &StoppedWorld<'_>, form: Form) {
        self.active.store(form == Form::Debug, Ordering::Relaxed);
        forms::switch(&program.code, store, stopped, form);
    }

    pub(super) fn breaks_on_trap(&self) -> bool {
        self.break_on_trap.load(Ordering::Relaxed)
    }

    /// Whether a task in the debugger's form has something to do before an instruction.
    #[inline(always)]
    pub(super) fn is_due(&self, number: u32) -> bool {
        !self.active.load(Ordering::Relaxed) || self.is_watched(number)
    }

    /// Writes down which instructions have breakpoints.
    fn watch(&self, code: &Code) {
        for watched in &self.watched {
            watched.store(0, Ordering::Relaxed);
        }
        for (function, instruction) in self.breakpoints().places() {
            self.watched[code.number(function, instruction) as usize].store(1, Ordering::Relaxed);
        }
    }

    /// Whether the reason for which a worker requested the world still holds.
    pub(super) fn still_wants(&self, halt: &Halt) -> bool {
        match &halt.why {
            HaltReason::Breakpoint { id, hits, .. } => {
                self.breakpoints().still_has(*id, *hits, (halt.function, halt.instruction))
            }
            HaltReason::Trap { .. } => self.breaks_on_trap(),
        }
    }

    /// A task has reached an instruction: why it must stop there, if it must.
    pub(super) fn come(
        &self,
        program: &Program,
        store: &Store,
        function: u16,
        instruction: Visible,
        local: &dyn Fn(u8) -> Value,
    ) -> Option<HaltReason> {
        let local = |index, field| variable(&program.module, &store.heap, local(index), field);
        let global = |index: u16| store.global(index);
        let hit = self.breakpoints().come(function, instruction, &store.heap, &local, &global);
        hit.map(|Hit { id, hits, problem }| HaltReason::Breakpoint { id, hits, problem })
    }

    pub(super) fn add_breakpoint(
        &self,
        program: &Program,
        store: &Store,
        stopped: &StoppedWorld<'_>,
        breakpoint: Breakpoint,
    ) -> Result<u32, BreakpointError> {
        let id = self.breakpoints().add(&program.module, breakpoint)?;
        self.watch(&program.code);
        self.use_form(program, store, stopped, Form::Debug);
        Ok(id)
    }

    pub(super) fn remove_breakpoint(&self, program: &Program, id: Option<u32>) -> bool {
        let removed = match id {
            Some(id) => self.breakpoints().remove(id),
            None => {
                let mut breakpoints = self.breakpoints();
                let some = !breakpoints.is_empty();
                breakpoints.clear();
                some
            }
        };
        self.watch(&program.code);
        removed
    }

    pub(super) fn breakpoint_views(&self) -> Vec<BreakpointView> {
        self.breakpoints().views()
    }

    pub(super) fn break_on_trap(
        &self,
        program: &Program,
        store: &Store,
        stopped: &StoppedWorld<'_>,
        on: bool,
    ) {
        self.break_on_trap.store(on, Ordering::Relaxed);
        if on {
            self.use_form(program, store, stopped, Form::Debug);
        }
    }

    /// The debugger is about to release the world: tasks go back to the fast form unless something could stop
    /// them.
    pub(super) fn settle(&self, program: &Program, store: &Store, stopped: &StoppedWorld<'_>) {
        let idle = !self.breaks_on_trap() && self.breakpoints().is_empty();
        if idle && self.form() == Form::Debug {
            self.use_form(program, store, stopped, Form::Fast);
        }
    }
}
