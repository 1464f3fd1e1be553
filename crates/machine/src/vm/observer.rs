//! The machine's events. Only slow paths report them.

use super::location::Location;
use super::since::Since;
use crate::heap::CollectionFigures;
use safepoint::{PauseReport, WorkerId};
use std::time::Duration;

/// Something that happened in the machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MachineEvent {
    /// A worker registered with the coordinator, under that name.
    WorkerStarted(WorkerId),
    /// A worker began or went on with a task.
    TaskStarted {
        /// The task.
        task: u32,
        /// The function the task began with.
        function: u16,
    },
    /// A worker put a task aside: it ended, waits, or gives way.
    TaskStopped {
        /// The task.
        task: u32,
    },
    /// A worker found nothing to do and sleeps.
    IdleBegin,
    /// A worker woke up.
    IdleEnd,
    /// A task was started by another.
    TaskSpawned {
        /// The new task.
        task: u32,
        /// The function it begins with.
        function: u16,
        /// The task that started it.
        by: u32,
    },
    /// A task returned.
    TaskFinished {
        /// The task.
        task: u32,
    },
    /// A task trapped.
    TaskTrapped {
        /// The task.
        task: u32,
    },
    /// A collection was made.
    Collected(CollectionFigures),
    /// The program has made a handshake.
    Handshake {
        /// The worker that ran the task, by its index; `None` if no other worker ran it, so that nobody was awaited.
        with: Option<usize>,
        /// The place of the instruction.
        at: Location,
        /// How long the worker waited.
        took: Duration,
    },
    /// A worker is about to stop, or to count as stopped. Reported before it does.
    Stops {
        /// As what.
        kind: StopKind,
        /// What it did since its last poll.
        since: Since,
    },
}

/// The way in which a worker stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopKind {
    /// At a safepoint: it stops if a request is under way.
    Poll,
    /// It blocks outside of the machine, inside a safe region.
    Blocked,
    /// It has nothing to do and sleeps inside a safe region.
    Idle,
    /// It makes compiled code its own inside a safe region.
    Compiles,
    /// It found no room for an object, and asks for a collection.
    Memory,
    /// It came to a breakpoint or is about to trap, and asks for the debugger.
    Debugger,
    /// The program stops the world, at this place.
    Program(Location),
}

/// Takes the machine's events, on the thread where they happen.
pub trait MachineObserver: Send + Sync {
    /// Something happened on a worker, or outside of all workers (`None`). Must not block, and must
    /// not call back into the machine.
    fn event(&self, worker: Option<usize>, event: MachineEvent);

    /// A worker stopped the world itself and has released it: because it ran out of memory, for a
    /// breakpoint that is gone by now, or because the program said so. `collected` is also `None` when another worker's collection had made
    /// room already. As [`Self::event`].
    fn paused(&self, report: &PauseReport, collected: Option<CollectionFigures>) {
        let _ = (report, collected);
    }

    /// A stop that the program makes has the world: its worker, the place, and the reason that the program gives. The
    /// pause may have been armed for another requester. As [`Self::event`].
    fn stopped_by_program(&self, worker: usize, at: Location, why: &str) {
        let _ = (worker, at, why);
    }
}
