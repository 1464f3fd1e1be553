//! The store: what tasks change while they run, and what a stopped world protects.

mod collect;
mod image;

use std::sync::Arc;
use std::time::Duration;

use super::arithmetic::string;
use super::code::{Form, HALT};
use super::handle::{HandleState, handle_state, handle_task, thrown_text};
use super::outcome::Ended;
use super::output::Output;
use super::program::Program;
use super::scheduler::{Scheduler, TaskRef};
use super::task::{StackBudget, TaskBody};
use super::translate::registers;
use super::trap::{TrapReport, shortened};
use crate::heap::{Buffer, Header, Heap, NoMemory, ObjectKind, Value};
use safepoint::clock;
use safepoint::sync::{AtomicU32, AtomicU64, Futex, Ordering};

/// The bit of the signal that says that the program is over.
pub(super) const OVER: u32 = 1;

/// In this order: what the interpreter's loop loads lies in front, so that its code is short.
#[repr(C)]
pub(super) struct Store {
    /// Shared with stopped workers that help to mark.
    pub(super) heap: Arc<Heap>,
    pub(super) globals: Box<[AtomicU64]>,
    pub(super) scheduler: Scheduler,
    pub(super) output: Output,
    /// See [`MachineConfig`](super::MachineConfig).
    pub(super) gc_stress: bool,
    /// The largest number of stopped workers that help to mark.
    gc_helpers: u32,
    /// For each worker an object that it has just allocated and not stored anywhere yet; 0 for none. Relaxed:
    /// only read and written in a stopped world, or by the worker while the world runs.
    in_flight: Box<[AtomicU32]>,
    budget: Arc<StackBudget>,
    /// Bit 0: the program is over. The bits above count how often loops without polls were called back.
    signal: AtomicU32,
    /// Rung when the program is over.
    over_bell: Futex,
}

impl Store {
    /// A store without tasks.
    pub(super) fn new(
        program: &Program,
        heap: Heap,
        workers: usize,
        gc_stress: bool,
        gc_helpers: usize,
    ) -> Self {
        let globals = program.module.module().globals.iter();
        Self {
            heap: Arc::new(heap),
            globals: globals.map(|_| AtomicU64::new(Value::NULL.bits())).collect(),
            scheduler: Scheduler::new(),
            output: Output::default(),
            gc_stress,
            gc_helpers: u32::try_from(gc_helpers.min(workers)).unwrap_or(u32::MAX),
            in_flight: (0..workers).map(|_| AtomicU32::new(0)).collect(),
            budget: Arc::default(),
            signal: AtomicU32::new(0),
            over_bell: Futex::new(0),
        }
    }

    /// Makes the program's first task.
    pub(super) fn start_main(
        &self,
        program: &Program,
        form: Form,
        buffer: &mut Buffer,
    ) -> Result<(), NoMemory> {
        let bytes = self.heap.stats().capacity_bytes;
        let header = Header::new(ObjectKind::Task, 0, 2);
        let payload = [0, Value::NULL.bits()];
        let handle = buffer.raw(&self.heap, header, &payload).ok_or(NoMemory { bytes })?;
        let entry = program.module.module().entry;
        let main = self.spawn(program, form, entry, handle, std::iter::empty());
        self.scheduler.make_ready(main.map_err(|_| NoMemory { bytes })?);
        Ok(())
    }

    /// Makes a task that begins with a function, in a form. It is not in the queue yet.
    pub(super) fn spawn(
        &self,
        program: &Program,
        form: Form,
        function: u16,
        handle: u32,
        arguments: impl Iterator<Item = Value>,
    ) -> Result<TaskRef, String> {
        let need = registers(&program.module, function) as usize;
        let halt = program.code.address(HALT);
        let start = program.code.start(function, form);
        let body = TaskBody::new(&self.budget, need, halt, start);
        let body = body.map_err(|_| "out of memory: no room for the stack of another task")?;
        for (register, value) in body.registers.iter().zip(arguments) {
            register.set(value.bits());
        }
        self.scheduler.add(&self.heap, function, handle, body)
    }

    /// A global's value. Acquire: globals publish references as fields do, see the heap's words.
    pub(super) fn global(&self, index: u16) -> Value {
        Value::from_bits(self.globals[index as usize].load(Ordering::Acquire))
    }

    /// The message for a task that awaits a task that trapped.
    pub(super) fn awaited_trap(&self, handle: u32) -> String {
        let task = handle_task(&self.heap, handle);
        let thrown = match handle_state(&self.heap, handle) {
            HandleState::Thrown { what, .. } => string(&self.heap, thrown_text(&self.heap, what)),
            _ => None,
        };
        shortened(match (self.scheduler.trap_of(task), thrown) {
            (Some((name, message)), _) => {
                format!("awaited task {task} ({name}) trapped: {message}")
            }
            (None, Some(text)) => {
                format!("awaited task {task} trapped: {}", self.heap.text(text))
            }
            (None, None) => format!("awaited task {task} trapped"),
        })
    }

    pub(super) fn set_in_flight(&self, worker: usize, object: Option<u32>) {
        self.in_flight[worker].store(object.unwrap_or(0), Ordering::Relaxed);
    }

    /// Whether the program is over. Relaxed: a worker that sees it late only executes a little more.
    #[inline(always)]
    pub(super) fn is_over(&self) -> bool {
        self.signal.load(Ordering::Relaxed) & OVER != 0
    }

    /// What changes when the program is over, and when loops without polls are called back. Relaxed, as
    /// [`is_over`](Self::is_over).
    #[inline(always)]
    pub(super) fn signal(&self) -> u32 {
        self.signal.load(Ordering::Relaxed)
    }

    /// Where the signal is in memory.
    pub(super) fn signal_address(&self) -> usize {
        &raw const self.signal as usize
    }

    /// Has workers leave the interpreter's loop at their next turn without a poll. They stop for nobody there.
    pub(super) fn call_back(&self) {
        self.signal.fetch_add(OVER << 1, Ordering::Relaxed);
    }

    /// Notes that the program is over. False if it was over already.
    pub(super) fn end(&self, ended: Ended, trap: Option<TrapReport>) -> bool {
        if !self.scheduler.set_outcome(ended, trap) {
            return false;
        }
        self.signal.fetch_or(OVER, Ordering::Relaxed);
        self.over_bell.ring();
        self.scheduler.notify_all();
        true
    }

    /// Waits until the time is up or the program is over.
    pub(super) fn wait_until_over(&self, time: Duration) {
        let until = clock::now().saturating_add(time);
        loop {
            let seen = self.over_bell.load();
            let left = until.since(clock::now());
            if self.is_over() || left.is_zero() {
                return;
            }
            self.over_bell.wait(seen, Some(left));
        }
    }
}
