//! The binary module: see docs/module-format.md.
//!
//! ```text
//! magic "SPLB"  version u16  checksum u32 (CRC-32 of all that follows)
//! sections, each once and in this order: id u8, length u32, content
//! ```
//!
//! Every module has exactly one encoding, and reading is total: any bytes give a module or an error
//! with its offset, in memory proportional to the bytes.

mod decode;
mod encode;

pub use decode::{LoadError, decode};
pub use encode::encode;

/// First bytes of every module.
pub const MAGIC: [u8; 4] = *b"SPLB";
/// The version this crate writes and reads.
pub const VERSION: u16 = 1;

/// Bytes before the first section: magic, version, checksum.
const HEADER: usize = 10;
/// Where the checksum stands; it covers what follows it.
const CHECKSUM: usize = 6;

/// Sections in their order; the id is 1 + the index.
const SECTIONS: [&str; 7] =
    ["name", "poll policy", "constants", "globals", "shapes", "functions", "lines"];

const FLOAT: u8 = 0;
const STRING: u8 = 1;

/// The one not-a-number that a module holds.
const NAN: u64 = 0x7ff8_0000_0000_0000;

/// Bits of the poll policy's byte.
const CALLS: u8 = 1;
const BACK_EDGES: u8 = 1 << 1;
const ALLOCATIONS: u8 = 1 << 2;
const AWAITS: u8 = 1 << 3;
