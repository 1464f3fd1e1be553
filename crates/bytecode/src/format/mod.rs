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
/// The newest version that this crate writes and reads. A module without placements is written as version 1.
pub const VERSION: u16 = 2;

const SECTIONS: [&str; 8] =
    ["name", "poll policy", "constants", "globals", "shapes", "functions", "lines", "placements"];

/// The form of a module; without placements version 1, which has no section for them.
static FORMATS: [Format; 2] = [format(1, SECTIONS.split_at(7).0), format(VERSION, &SECTIONS)];

const fn format(version: u16, sections: &'static [&'static str]) -> Format {
    Format {
        name: "module",
        magic: &MAGIC,
        version: version as u32,
        version_bytes: 2,
        other_versions: ["a newer Safepoint Lab wrote it", "no Safepoint Lab ever wrote it"],
        sections,
        lengths: Lengths::Fixed,
    }
}

const FLOAT: u8 = 0;
const STRING: u8 = 1;

/// The one not-a-number that a module holds.
const NAN: u64 = 0x7ff8_0000_0000_0000;
