//! Bytes to module.

use std::fmt;
use std::num::NonZeroU16;

use super::{
    ALLOCATIONS, AWAITS, BACK_EDGES, CALLS, CHECKSUM, FLOAT, HEADER, MAGIC, NAN, SECTIONS, STRING,
    VERSION,
};
use crate::checksum::crc32;
use crate::limits::MAX_MODULE;
use crate::{Constant, Function, Global, Module, PollPolicy, Shape};

/// Why bytes are not a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// Byte at which the mistake was noticed, from the start.
    pub offset: usize,
    /// What was found, what was expected, and what to do where that is known.
    pub message: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for LoadError {}

/// Reads a binary module. It is not verified yet.
///
/// # Errors
/// The first thing that is wrong.
pub fn decode(bytes: &[u8]) -> Result<Module, LoadError> {
    let fail = |offset, message| Err(LoadError { offset, message });
    if bytes.len() > MAX_MODULE {
        return fail(
            MAX_MODULE,
            format!("the module has {} bytes; at most {MAX_MODULE} are read", bytes.len()),
        );
    }
    if !bytes.starts_with(&MAGIC) {
        let found = String::from_utf8_lossy(&bytes[..bytes.len().min(4)]);
        return fail(
            0,
            format!(
                "this is no module: it starts with {found:?}, a module with {:?}",
                String::from_utf8_lossy(&MAGIC)
            ),
        );
    }
    let Some(header) = bytes.get(..HEADER) else {
        return fail(
            bytes.len(),
            format!(
                "the module ends inside its header: {} bytes found, {HEADER} expected",
                bytes.len()
            ),
        );
    };
    let version = u16::from_le_bytes([header[4], header[5]]);
    if version != VERSION {
        let advice = if version > VERSION {
            "a newer Safepoint Lab wrote it"
        } else {
            "no Safepoint Lab ever wrote it"
        };
        return fail(
            4,
            format!("the module has format version {version}, expected {VERSION}: {advice}"),
        );
    }
    let stored = u32::from_le_bytes([header[6], header[7], header[8], header[9]]);
    let computed = crc32(&bytes[HEADER..]);
    if stored != computed {
        return fail(
            CHECKSUM,
            format!(
                "the module is damaged or cut off: its checksum is {stored:08x}, its content gives {computed:08x}"
            ),
        );
    }
    Reader { bytes, at: HEADER, end: bytes.len(), section: "header" }.module()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the current section ends.
    end: usize,
    section: &'static str,
}

type Result<T, E = LoadError> = std::result::Result<T, E>;

impl<'a> Reader<'a> {
    fn module(mut self) -> Result<Module> {
        let name = self.section(0, |r| r.text("the module's name"))?;
        let policy = self.section(1, Self::policy)?;
        let constants = self.section(2, |r| r.list("constants", 5, Self::constant))?;
        let globals = self.section(3, |r| {
            r.list("globals", 4, |r| Ok(Global { name: r.text("a global's name")? }))
        })?;
        let shapes = self.section(4, |r| {
            r.list("shapes", 8, |r| {
                let name = r.text("a shape's name")?;
                let fields = r.list("fields", 4, |r| r.text("a field's name"))?;
                Ok(Shape { name, fields })
            })
        })?;
        let (entry, mut functions) = self.section(5, |r| {
            let entry = r.u16("the entry")?;
            Ok((entry, r.list("functions", 13, Self::function)?))
        })?;
        self.section(6, |r| {
            for function in &mut functions {
                function.lines =
                    r.list("lines", 8, |r| Ok((r.u32("an offset")?, r.u32("a line")?)))?;
            }
            Ok(())
        })?;
        if self.at < self.bytes.len() {
            let left = self.bytes.len() - self.at;
            return self
                .fail(self.at, format!("{left} bytes follow the last section; expected the end"));
        }
        Ok(Module { name, policy, constants, globals, shapes, functions, entry })
    }

    fn fail<T>(&self, offset: usize, message: String) -> Result<T> {
        Err(LoadError { offset, message })
    }

    fn section<T>(
        &mut self,
        index: usize,
        content: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let (id, name) = (index as u8 + 1, SECTIONS[index]);
        self.end = self.bytes.len();
        self.section = name;
        let start = self.at;
        let found = self.u8("the section's id")?;
        if found != id {
            let what = match SECTIONS.get(usize::from(found).wrapping_sub(1)) {
                Some(other) => format!("section {found} ({other})"),
                None => format!("section {found}, which format version {VERSION} does not know,"),
            };
            return self.fail(start, format!("{what} stands where {id} ({name}) is expected"));
        }
        let length = self.u32("the section's length")? as usize;
        let rest = self.bytes.len() - self.at;
        if length > rest {
            let message = format!("section {name} claims {length} bytes, but only {rest} are left");
            return self.fail(start + 1, message);
        }
        self.end = self.at + length;
        let value = content(self)?;
        if self.at < self.end {
            let left = self.end - self.at;
            let message = format!("{left} bytes are left over in section {name}; expected its end");
            return self.fail(self.at, message);
        }
        Ok(value)
    }

    fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8]> {
        if self.end - self.at < count {
            let message = format!(
                "section {} ends inside {what}: {} bytes left, {count} expected",
                self.section,
                self.end - self.at
            );
            return self.fail(self.at, message);
        }
        let bytes = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        Ok(self.take(N, what)?.try_into().expect("so many bytes were taken"))
    }

    fn u8(&mut self, what: &str) -> Result<u8> {
        self.array(what).map(|[byte]| byte)
    }

    fn u16(&mut self, what: &str) -> Result<u16> {
        self.array(what).map(u16::from_le_bytes)
    }

    fn u32(&mut self, what: &str) -> Result<u32> {
        self.array(what).map(u32::from_le_bytes)
    }

    fn text(&mut self, what: &str) -> Result<String> {
        let length = self.u32(what)? as usize;
        let start = self.at;
        let bytes = self.take(length, what)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let offset = start + error.valid_up_to();
                self.fail(offset, format!("{what} is not UTF-8 here"))
            }
        }
    }

    /// A count and that many items. A count that the section cannot hold, each item taking at least
    /// `least` bytes, is refused before anything is allocated for it.
    fn list<T>(
        &mut self,
        what: &str,
        least: usize,
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let start = self.at;
        let count = self.u32(what)? as usize;
        let fitting = (self.end - self.at) / least;
        if count > fitting {
            let message = format!(
                "{count} {what} are announced, but the rest of section {} holds at most {fitting}",
                self.section
            );
            return self.fail(start, message);
        }
        (0..count).map(|_| item(self)).collect()
    }

    fn policy(&mut self) -> Result<PollPolicy> {
        let start = self.at;
        let bits = self.u8("the kinds that poll")?;
        let known = CALLS | BACK_EDGES | ALLOCATIONS | AWAITS;
        if bits & !known != 0 {
            let message = format!("the kinds that poll are {bits:#04x}; known are {known:#04x}");
            return self.fail(start, message);
        }
        let every = self.u16("every how many back-edges")?;
        let Some(every) = NonZeroU16::new(every) else {
            return self.fail(start + 1, "every 0th back-edge polls; expected 1 to 65535".into());
        };
        Ok(PollPolicy {
            calls: bits & CALLS != 0,
            back_edges: bits & BACK_EDGES != 0,
            allocations: bits & ALLOCATIONS != 0,
            awaits: bits & AWAITS != 0,
            every,
        })
    }

    fn constant(&mut self) -> Result<Constant> {
        let start = self.at;
        match self.u8("a constant")? {
            FLOAT => {
                let bits = u64::from_le_bytes(self.array("a float")?);
                let value = f64::from_bits(bits);
                if value.is_nan() && bits != NAN {
                    let message =
                        format!("not-a-number is written as {bits:#x}; expected {NAN:#x}");
                    return self.fail(start + 1, message);
                }
                Ok(Constant::Float(value))
            }
            STRING => Ok(Constant::String(self.text("a string")?)),
            other => self.fail(
                start,
                format!(
                    "a constant of kind {other}; expected {FLOAT} (float) or {STRING} (string)"
                ),
            ),
        }
    }

    fn function(&mut self) -> Result<Function> {
        let name = self.text("a function's name")?;
        let params = self.u8("the parameters")?;
        let locals = self.list("locals", 4, |r| r.text("a local's name"))?;
        let size = self.u32("the size of the code")? as usize;
        let code = self.take(size, "the code")?.to_vec();
        Ok(Function { name, params, locals, code, lines: Vec::new() })
    }
}
