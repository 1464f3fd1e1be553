//! The context: the data of a running worker or of a step of the debugger.

mod stops;

pub(super) use stops::NoRoom;

use super::code::Visible;
use super::debug::Debugger;
use super::measured::Measured;
use super::observer::MachineEvent;
use super::program::Program;
use super::since::{Kept, Work};
use super::status::WorkerBlock;
use super::store::Store;
use super::tally::Tally;
use super::task::Task;
use super::tier::Instance;
use super::workers::Workers;
use crate::heap::Buffer;
use crate::vm::location::{Location, LocationKind};
use safepoint::clock::{self, Timestamp};
use safepoint::sync::{Ordering, put};
use safepoint::{PollWord, StoppedWorld, Worker};

/// What executes instructions.
#[derive(Clone, Copy)]
enum Role<'m> {
    /// A worker: it polls.
    Worker(&'m Worker),
    /// A step of the debugger. It has the stopped world and with it every task; no request stops it.
    Stepper(&'m StoppedWorld<'m>),
}

/// The word that the stepper polls.
static NEVER: PollWord = PollWord::never();

/// The parts of a machine.
#[derive(Clone, Copy)]
pub(super) struct Parts<'m> {
    pub(super) program: &'m Program,
    pub(super) store: &'m Store,
    pub(super) debugger: &'m Debugger,
    pub(super) workers: &'m Workers,
}

/// What executes instructions, and its own data.
pub(super) struct Context<'m> {
    pub(super) program: &'m Program,
    pub(super) store: &'m Store,
    pub(super) debugger: &'m Debugger,
    pub(super) workers: &'m Workers,
    role: Role<'m>,
    pub(super) buffer: Buffer,
    /// Visible instructions executed, as far as saved.
    pub(super) total: u64,
    /// Polls made, as far as saved.
    pub(super) polls: u64,
    /// Polls of each site, see [`Count`](super::code::Count); empty unless profiling.
    pub(super) hits: &'m [Tally],
    pub(super) block: &'m WorkerBlock,
    pub(super) measured: Measured,
    kept: Kept,
    pub(super) instance: Instance,
    /// Compiled code waits for what this does: it must not stop.
    pub(super) in_compiled: bool,
    /// The interpreter's next turn without a poll is called back.
    pub(super) soon: bool,
    /// Which worker this is; 0 for the stepper.
    pub(super) index: usize,
    /// The count at the last stop before an instruction.
    polled_at: Option<u64>,
}

impl<'m> Context<'m> {
    pub(super) fn new(parts: Parts<'m>, worker: &'m Worker, index: usize) -> Self {
        let member = &parts.workers.all()[index];
        member.block.note.store(worker.note_address() as u64, Ordering::Relaxed);
        let context = Self::with(parts, Role::Worker(worker), &member.block, Buffer::new());
        Self { hits: &member.hits, index, ..context }
    }

    /// For a step of the debugger. `block` belongs to no worker; the caller takes the buffer back.
    pub(super) fn stepper(
        parts: Parts<'m>,
        stopped: &'m StoppedWorld<'m>,
        block: &'m WorkerBlock,
        buffer: Buffer,
    ) -> Self {
        Self::with(parts, Role::Stepper(stopped), block, buffer)
    }

    fn with(
        Parts { program, store, debugger, workers }: Parts<'m>,
        role: Role<'m>,
        block: &'m WorkerBlock,
        mut buffer: Buffer,
    ) -> Self {
        buffer.revalidate(&store.heap);
        Self {
            program,
            store,
            debugger,
            workers,
            role,
            buffer,
            total: 0,
            polls: 0,
            hits: &[],
            block,
            measured: Measured::default(),
            kept: Kept::default(),
            instance: Instance::default(),
            in_compiled: false,
            soon: false,
            index: 0,
            polled_at: None,
        }
    }

    #[inline(always)]
    pub(super) fn is_stepper(&self) -> bool {
        matches!(self.role, Role::Stepper(_))
    }

    pub(super) fn poll_word(&self) -> &'m PollWord {
        match self.role {
            Role::Worker(worker) => worker.poll_word(),
            Role::Stepper(_) => &NEVER,
        }
    }

    /// Where [`executed`](Self::executed) publishes.
    pub(super) fn progress_addresses(&self) -> [usize; 2] {
        let block = &raw const self.block.instructions as usize;
        match self.role {
            Role::Worker(worker) => [block, worker.progress_address() as usize],
            Role::Stepper(_) => [block; 2],
        }
    }

    /// Where it is written down what the worker did since its last poll.
    pub(super) fn kept_address(&self) -> usize {
        &raw const self.kept as usize
    }

    /// The worker takes the slow path of its next poll.
    pub(super) fn nudge_self(&self) {
        if let Role::Worker(worker) = self.role {
            worker.handle().post(|_| {});
        }
    }

    /// See [`Worker::note`].
    #[inline]
    pub(super) fn note(&self, location: Location) {
        self.kept.leaves();
        if let Role::Worker(worker) = self.role {
            worker.note(location);
        }
    }

    /// The time at which long work begins; the clock's origin unless a requester waits already.
    pub(super) fn begins_work(&self) -> Timestamp {
        if self.poll_word().is_armed() { clock::now() } else { Timestamp::default() }
    }

    /// Whether a turn without a poll is noted, which is no longer where the worker is once it works.
    pub(super) fn has_noted_turn(&self) -> bool {
        self.kept.is_noted()
    }

    /// Long work is over. It is kept if a requester waits for this worker by now.
    pub(super) fn ends_work(&mut self, work: Work) {
        let Role::Worker(worker) = self.role else { return };
        if self.poll_word().is_armed() {
            self.kept.worked(Work { until: clock::now(), ..work });
        }
        worker.note_done();
        self.kept.leaves();
    }

    /// A turn without a poll, after `count` instructions, while no requester waits for this worker.
    #[inline(always)]
    pub(super) fn turn(&self, count: u64) {
        self.kept.turn(count);
        self.executed(count);
    }

    /// The same at an operation, while a requester waits, where that is known from the turn before. `false`: it is not.
    #[inline(always)]
    pub(super) fn is_awaited_again<const PROFILE: bool>(&self, count: u64, op: u32) -> bool {
        if !PROFILE {
            return self.kept.is_again(op);
        }
        let is_again = self.kept.again(self.measured.polled(), count, op);
        if is_again {
            self.executed(count);
        }
        is_again
    }

    /// The same, where it is not known yet.
    pub(super) fn awaited_turn(&self, at: Location, count: u64, op: u32, kind: LocationKind) {
        self.note(at);
        if self.workers.profile {
            self.kept.awaited_turn(self.measured.polled(), count, op, kind);
            self.executed(count);
        }
        self.kept.stays(op);
    }

    /// What is noted is of another task.
    pub(super) fn begins_task(&self) {
        self.kept.leaves();
    }

    /// Publishes the count of instructions.
    #[inline(always)]
    fn executed(&self, count: u64) {
        put(&self.block.instructions, count);
        if let Role::Worker(worker) = self.role {
            worker.note_progress(count);
        }
    }

    /// A path without a poll ends at an instruction, and the next path begins. If a requester waits for this worker,
    /// the worker stops there.
    pub(super) fn path_ends(&mut self, count: u64, place: impl FnOnce() -> (u16, Visible)) {
        let length = self.measured.end(count);
        if self.poll_word().is_requested() {
            self.measured.stops(length);
        }
        if self.measured.exceeds(length) {
            self.is_longest_path(length, place());
        }
    }

    /// The path that has just ended is the longest so far. `place`: where it ended.
    pub(super) fn is_longest_path(&mut self, length: u64, place: (u16, Visible)) {
        self.measured.is_longest(length, self.block, place);
    }

    /// Whether the worker last stopped at the poll before the instruction at which the task is saved now, and
    /// has executed nothing since. True only once for each such stop.
    pub(super) fn has_polled_here(&mut self) -> bool {
        let again = self.polled_at == Some(self.total);
        self.polled_at = (!again).then_some(self.total);
        again
    }

    /// Publishes where the worker is.
    pub(super) fn show(&self, location: Location) {
        self.block.function.store(location.function, Ordering::Relaxed);
        self.block.instruction.store(location.instruction, Ordering::Relaxed);
    }

    /// Publishes the counts.
    pub(super) fn publish(&self) {
        self.executed(self.total);
        put(&self.block.polls, self.polls);
    }

    pub(super) fn observe(&self, event: MachineEvent) {
        let worker = (!self.is_stepper()).then_some(self.index);
        self.workers.observe(worker, event);
    }

    pub(super) fn observe_spawn(&self, by: &Task, spawned: &Task) {
        self.observe(MachineEvent::TaskSpawned {
            task: spawned.id,
            function: spawned.function,
            by: by.id,
        });
    }
}
