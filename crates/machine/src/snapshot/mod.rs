//! The state of a stopped world as bytes, and back.
//!
//! A snapshot is consistent: it is taken while no worker runs ([`capture`]), and holds everything that the
//! program's future depends on: the program itself, objects, globals, tasks with their frames, locals and
//! operands, which task waits for what, and what was printed. [`Snapshot::restore`] goes on from there, with
//! another number of workers, another poll policy, natively or in a browser; a program cannot notice the
//! interruption.
//!
//! # Why it does not depend on where it was taken
//! - It names visible instructions only. Wherever the world can stop, the register form is exactly the
//!   visible state. A restored machine translates the program again.
//! - Objects have numbers instead of addresses. Only reachable objects are written, in the order of their
//!   numbers, and they lie without gaps in the restored heap.
//! - A time is written as the time that is left.
//!
//! # Why a restored machine is safe to run
//! The interpreter does not check what the verifier has proved, so a file must not be able to make a
//! state that no program could reach. [`Snapshot::read`] sends the module through the verifier, and
//! checks that every reference leads to an object, that objects have the size of their shape, that
//! each frame stands where a path leads and has the registers that the verifier counted there, and
//! that each task waits for one thing that it can wait for. The kinds of values need no check: every
//! instruction checks the kinds of its operands anyway.
//!
//! The layout of the file is in `docs/snapshot-format.md`.

mod capture;
mod describe;
mod error;
mod live;
mod objects;
mod restore;
mod tasks;
mod values;

pub use capture::capture;
pub use describe::{Description, TaskDescription, describe};
pub use error::{CaptureError, SnapshotError};
pub use restore::{Settings, Snapshot};

use bytecode::codec::{Format, Lengths};

/// The first bytes of a snapshot.
pub const MAGIC: [u8; 8] = *b"SPLSNAP\0";
/// The version that is written, and the only one that is read.
pub const VERSION: u32 = 1;

static FORMAT: Format = Format {
    name: "snapshot",
    magic: &MAGIC,
    version: VERSION,
    version_bytes: 4,
    other_versions: [
        "a newer version of Safepoint Lab wrote it; open it there",
        "an older one, which says what was but cannot be restored",
    ],
    sections: &SECTIONS,
    lengths: Lengths::Short,
};

const SECTIONS: [&str; 13] = [
    "settings",
    "source",
    "module",
    "ended",
    "strings",
    "objects",
    "globals",
    "tasks",
    "ready",
    "timers",
    "awaited",
    "contended",
    "output",
];

// Kinds of objects.
const OBJECT: u8 = 1;
const ARRAY: u8 = 2;
const STRING: u8 = 3;
const MUTEX: u8 = 4;
const TASK: u8 = 5;

// States of a task's handle.
const LIVE: u8 = 0;
const FINISHED: u8 = 1;
const TRAPPED: u8 = 2;
const THROWN: u8 = 3;
const CAUGHT: u8 = 4;

/// Data about a snapshot that no program depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notes {
    /// Milliseconds since 1970; 0 when unknown.
    pub made_unix_ms: u64,
    /// The program's text, to show it when the snapshot is restored.
    pub source: Option<String>,
}
