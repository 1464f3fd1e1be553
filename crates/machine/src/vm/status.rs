//! What each worker is doing, readable by any thread at any time without a lock.

use safepoint::sync::{AtomicU32, AtomicU64, Ordering};

/// A worker as the machine sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum WorkerState {
    /// Its thread has not begun yet.
    Starting = 0,
    /// It executes bytecode or looks for some.
    Running = 1,
    /// It stands at a safepoint.
    Stopped = 2,
    /// It is blocked outside of the machine, inside a safe region.
    SafeRegion = 3,
    /// It has nothing to do and sleeps inside a safe region.
    Idle = 4,
    /// It is done: the program ended or was stopped.
    Finished = 5,
    /// It died.
    Dead = 6,
}

impl WorkerState {
    const ALL: [Self; 7] = [
        Self::Starting,
        Self::Running,
        Self::Stopped,
        Self::SafeRegion,
        Self::Idle,
        Self::Finished,
        Self::Dead,
    ];

    fn from_number(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }
}

/// A worker's figures in memory, for code in other languages that shares the memory.
///
/// Offsets: 0 `state`, 4 `task`, 8 `function`, 12 `instruction`, 16 `instructions`, 24 `polls`,
/// 32 `longest`, 40 `longest_function`, 44 `longest_instruction` (2^32 - 1: the end of a task), 48 `note`;
/// 64 bytes in all, so that two workers never write the same cache line. Written by the worker on
/// its slow paths: when it stops, at every tick, when it changes tasks. Each field is a figure of
/// its own: relaxed, and two of them need not be of the same moment unless the worker is stopped.
///
/// `note` is the address of the worker's note for requesters, 0 before the worker has begun: see
/// [`Worker::note_address`](safepoint::Worker::note_address).
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct WorkerBlock {
    pub(super) state: AtomicU32,
    pub(super) task: AtomicU32,
    pub(super) function: AtomicU32,
    pub(super) instruction: AtomicU32,
    pub(super) instructions: AtomicU64,
    pub(super) polls: AtomicU64,
    pub(super) longest: AtomicU64,
    pub(super) longest_function: AtomicU32,
    pub(super) longest_instruction: AtomicU32,
    pub(super) note: AtomicU64,
}

/// A copy of a worker's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerStatus {
    /// What it is doing.
    pub state: WorkerState,
    /// Visible instructions that it executed in this run.
    pub instructions: u64,
    /// Polls that it made in this run; 0 unless profiling, because counting costs more than polling.
    pub polls: u64,
    /// The task that it runs; 0 for none.
    pub task: u32,
    /// The function where it was last seen.
    pub function: u32,
    /// The instruction where it was last seen, by its index in the function.
    pub instruction: u32,
    /// `None` before the end of the first path, and unless profiling.
    pub longest: Option<LongestPath>,
}

/// The longest path of a worker from one safepoint to the next; see
/// [`longest_paths`](bytecode::longest_paths) for what counts as one. A path counts when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongestPath {
    /// How many visible instructions it had.
    pub instructions: u64,
    /// The function in which it ended.
    pub function: u32,
    /// The instruction at which it ended, by its index in the function: the one that polled, or the
    /// one before which the task left its worker. `None` if it ended with its task.
    pub instruction: Option<u32>,
}

/// Stands for an instruction's index if the path ended with its task.
pub(super) const END_OF_TASK: u32 = u32::MAX;

impl WorkerBlock {
    pub(super) fn set_state(&self, state: WorkerState) {
        self.state.store(state as u32, Ordering::Relaxed);
    }

    /// Copies the figures.
    pub fn read(&self) -> WorkerStatus {
        let state = self.state.load(Ordering::Relaxed);
        WorkerStatus {
            state: WorkerState::from_number(state).unwrap_or(WorkerState::Dead),
            instructions: self.instructions.load(Ordering::Relaxed),
            polls: self.polls.load(Ordering::Relaxed),
            task: self.task.load(Ordering::Relaxed),
            function: self.function.load(Ordering::Relaxed),
            instruction: self.instruction.load(Ordering::Relaxed),
            longest: match self.longest.load(Ordering::Relaxed) {
                0 => None,
                instructions => Some(LongestPath {
                    instructions,
                    function: self.longest_function.load(Ordering::Relaxed),
                    instruction: Some(self.longest_instruction.load(Ordering::Relaxed))
                        .filter(|&instruction| instruction != END_OF_TASK),
                }),
            },
        }
    }
}

const _: () = assert!(size_of::<WorkerBlock>() == 64);
