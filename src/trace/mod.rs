//! Event schema and per-worker rings.
//!
//! Every worker writes fixed-size events to its own [`Ring`]; the requester of a pause writes to
//! one more. A reader (the page, through shared memory; natively [`Ring::read`]) keeps its own
//! cursor and notices when events were overwritten before it read them. Writers never wait for
//! readers.
//!
//! # Layout
//! All words are little-endian, the ring is aligned to 8 bytes.
//!
//! | offset | what |
//! |---|---|
//! | 0 | `u32` events written so far, modulo 2^32 |
//! | 4 | `u32` capacity in events, a power of two |
//! | 8 | reserved up to 64 |
//! | 64 + 32 n | event `n` |
//!
//! | offset in the event | what |
//! |---|---|
//! | 0 | `f64` time in microseconds since the clock's origin |
//! | 8 | `u32` kind, detail << 8 |
//! | 12 | `u32` pause id, 0 when none |
//! | 16 | `u32` task |
//! | 20 | `u32` function |
//! | 24 | `u32` instruction index |
//! | 28 | `u32` low half of the worker's instruction count |

mod event;
mod ring;

pub use event::{Event, EventKind};
pub use ring::{Read, Ring};
