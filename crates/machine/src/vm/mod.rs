//! Frames, tasks, scheduler, interpreter.
//!
//! A [`Machine`] runs one verified program on workers. Its files are floors; each uses the ones above it in
//! this table:
//!
//! | floor | files |
//! |---|---|
//! | what operators mean | `arithmetic`, `js`, `list`, `mutex`, `handle` |
//! | what is fixed: the program in register form | `op`, `code`, `translate`, `program` |
//! | settings, places and figures | `config`, `location`, `tally`, `measured`, `since`, `turns` |
//! | what tasks are, and what they change | `task`, `frames`, `image`, `scheduler`, `output`, `store` |
//! | what an outsider sees of it | `text`, `waits`, `trap`, `outcome`, `report`, `view`, `debug` |
//! | all workers: figures, deaths, the end of the program | `observer`, `status`, `workers` |
//! | what one running worker has, and how it stops | `context`, `point` |
//! | the loop, and what it does out of line | `slow`, `loops`, `interpret` |
//! | a worker's life; a step of the debugger | `worker`, `step` |
//! | the parts together, and the public face | `machine` |
//!
//! A function takes the parts that it needs and no others: `Program`, `Store`, `Debugger`, `Workers`.
//!
//! Unsafe code is in `interpret`, `loops` and `point` (unchecked access to code, registers and heap words) and where a
//! task's body is borrowed (`task` says when that is sound).

mod arithmetic;
mod code;
mod config;
mod context;
mod debug;
#[cfg(feature = "emitter")]
mod emit;
mod frames;
pub(crate) mod handle;
mod helpers;
pub(crate) mod image;
mod interpret;
mod js;
mod list;
mod location;
mod loops;
mod machine;
mod measured;
pub(crate) mod mutex;
mod observer;
mod op;
mod outcome;
mod output;
mod point;
mod pow;
mod program;
mod report;
mod scheduler;
mod since;
mod slow;
mod status;
mod step;
mod store;
mod tally;
mod task;
mod text;
mod tier;
mod translate;
mod trap;
mod turns;
mod view;
mod waits;
mod worker;
mod workers;

pub use crate::heap::{CollectionFigures, HeapStats, NoMemory, allow_plain_accesses};
pub use config::MachineConfig;
pub use debug::{
    Breakpoint, BreakpointError, BreakpointPlace, BreakpointRequest, BreakpointView,
    ConditionError, DebugSink, Halt, HaltReason, HolderView, MOST_BREAKPOINTS, ObjectView,
    SHOWN_CHARACTERS, SHOWN_ENTRIES, SHOWN_HOLDERS,
};
#[cfg(feature = "emitter")]
pub use emit::{Emitted, EmittedBody, EmittedPoll, Wanted, emit, entries};
pub use helpers::Helpers;
pub use location::{Location, LocationKind};
pub use machine::Machine;
pub use observer::{MachineEvent, MachineObserver, StopKind};
pub use outcome::{Ended, Outcome};
pub use output::OutputChunk;
pub use since::{Since, Turns, Work, WorkKind};
pub use status::{LongestPath, WorkerBlock, WorkerState, WorkerStatus};
pub use step::{StepEnd, StepError, StepKind, StepReport};
pub use text::ValueView;
pub use tier::{CompiledCode, Imports, Known, TierHost, WantedCode};
pub use trap::{StackEntry, TrapReport};
pub use turns::{ScheduleView, TurnsView};
pub use view::{FrameView, TaskState, TaskView};
pub use worker::WorkerError;
