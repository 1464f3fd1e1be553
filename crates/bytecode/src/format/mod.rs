//! The binary module: see docs/module-format.md.
//!
//! ```text
//! magic "SPLB"  version u16  checksum u32  sections
//! ```
//!
//! Every module has exactly one encoding. What all formats have in common is in [`codec`](crate::codec).

mod decode;
mod encode;

pub use decode::decode;
pub use encode::encode;

use crate::codec::{Format, Lengths};

/// First bytes of every module.
pub const MAGIC: [u8; 4] = *b"SPLB";
/// The version this crate writes and reads.
pub const VERSION: u16 = 1;

static FORMAT: Format = Format {
    name: "module",
    magic: &MAGIC,
    version: VERSION as u32,
    version_bytes: 2,
    other_versions: ["a newer Safepoint Lab wrote it", "no Safepoint Lab ever wrote it"],
    sections: &["name", "poll policy", "constants", "globals", "shapes", "functions", "lines"],
    lengths: Lengths::Fixed,
};

const FLOAT: u8 = 0;
const STRING: u8 = 1;

/// The one not-a-number that a module holds.
const NAN: u64 = 0x7ff8_0000_0000_0000;
