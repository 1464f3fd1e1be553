//! The byte level of modules and snapshots: header, checksum, sections, numbers, texts and lists.
//!
//! ```text
//! magic  version  checksum u32 (CRC-32 of all that follows)
//! sections, each once and in their order: id u8, length u32, content
//! ```
//!
//! Reading is total: any bytes give content or an error with its offset, in memory proportional to the bytes.

use std::fmt;

use crate::checksum::crc32;

/// What distinguishes one kind of file from another.
#[derive(Debug)]
pub struct Format {
    /// What a file of this format is, in a message: `module`.
    pub name: &'static str,
    /// Its first bytes.
    pub magic: &'static [u8],
    /// The version that is written, and the only one that is read.
    pub version: u32,
    /// Bytes of the version.
    pub version_bytes: usize,
    /// What a message says about a file of a newer version, and of an older one.
    pub other_versions: [&'static str; 2],
    /// The sections in their order; the id of a section is its index plus one.
    pub sections: &'static [&'static str],
    /// How the lengths of texts and lists are written.
    pub lengths: Lengths,
}

/// How the lengths of texts and lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lengths {
    /// In four bytes.
    Fixed,
    /// As a [number](Writer::number).
    Short,
}

/// Why bytes are not a file of a format. In a box, so that results of reading are small: they are passed on at every
/// byte, and the code for that is a part of the engine's download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError(Box<Mistake>);

impl LoadError {
    /// A mistake at a byte.
    pub fn new(section: Option<&'static str>, offset: usize, message: String) -> Self {
        Self(Box::new(Mistake { section, offset, message }))
    }
}

impl std::ops::Deref for LoadError {
    type Target = Mistake;

    fn deref(&self) -> &Mistake {
        &self.0
    }
}

/// What a [`LoadError`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The section of that byte; `None` in the header and behind the last section.
    pub section: Option<&'static str>,
    /// Byte at which the mistake was noticed, from the start.
    pub offset: usize,
    /// What was found, what was expected, and what to do where that is known.
    pub message: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(section) = self.section {
            write!(f, "section {section}, ")?;
        }
        write!(f, "byte {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for LoadError {}

/// A section would be longer than a file can say: 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge(
    /// The section.
    pub &'static str,
);

type Result<T, E = LoadError> = std::result::Result<T, E>;

impl Format {
    /// Bytes before the first section.
    fn header(&self) -> usize {
        self.checksum() + 4
    }

    /// Where the checksum stands.
    fn checksum(&self) -> usize {
        self.magic.len() + self.version_bytes
    }

    /// Checks the header of a file; a reader of its sections.
    ///
    /// # Errors
    /// If these are no bytes of this format, or of another version, or damaged.
    pub fn open<'b>(&'static self, bytes: &'b [u8]) -> Result<Reader<'b>> {
        let Self { name, magic, version: known, .. } = *self;
        let fail = |offset, message| Err(LoadError::new(None, offset, message));
        if !bytes.starts_with(magic) {
            let found = String::from_utf8_lossy(&bytes[..bytes.len().min(magic.len())]);
            let expected = String::from_utf8_lossy(magic);
            let message =
                format!("this is no {name}: it starts with {found:?}, a {name} with {expected:?}");
            return fail(0, message);
        }
        let (length, size) = (bytes.len(), self.header());
        let Some(header) = bytes.get(magic.len()..size) else {
            let message =
                format!("the {name} ends inside its header: {length} bytes found, {size} expected");
            return fail(length, message);
        };
        let (version, stored) = header.split_at(self.version_bytes);
        let (version, stored) = (little_endian(version) as u32, little_endian(stored) as u32);
        if version != known {
            let advice = self.other_versions[usize::from(version < known)];
            let message =
                format!("the {name} has format version {version}, expected {known}: {advice}");
            return fail(magic.len(), message);
        }
        let computed = crc32(&bytes[size..]);
        if stored != computed {
            let message = format!(
                "the {name} is damaged or cut off: its checksum is {stored:08x}, \
                 its content gives {computed:08x}"
            );
            return fail(self.checksum(), message);
        }
        Ok(Reader { format: self, bytes, at: size, end: length, section: None, sections: 0 })
    }
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Reads a file's sections, or one of them.
#[derive(Debug, Clone)]
pub struct Reader<'b> {
    format: &'static Format,
    bytes: &'b [u8],
    at: usize,
    end: usize,
    section: Option<&'static str>,
    /// Sections that were read.
    sections: usize,
}

impl<'b> Reader<'b> {
    /// The next section of a file.
    ///
    /// # Errors
    /// If it is another one, or not all there.
    ///
    /// # Panics
    /// If the format has no more sections.
    pub fn section(&mut self) -> Result<Self> {
        let Format { name: what, version, sections, .. } = *self.format;
        let (id, name) = (self.sections + 1, sections[self.sections]);
        let mut head = Self { section: Some(name), ..self.clone() };
        let start = head.at;
        let found = usize::from(head.byte("the section's id")?);
        if found != id {
            let found = match sections.get(found.wrapping_sub(1)) {
                Some(other) => format!("section {found} ({other})"),
                None => {
                    format!("section {found}, which version {version} of a {what} does not know,")
                }
            };
            let message = format!("{found} stands where {id} ({name}) is expected");
            return Err(head.error(start, message));
        }
        let length = head.u32("the section's length")? as usize;
        let left = head.left();
        if length > left {
            let message = format!("the section claims {length} bytes, but only {left} are left");
            return Err(head.error(start + 1, message));
        }
        self.at = head.at + length;
        self.sections += 1;
        Ok(Self { end: self.at, ..head })
    }

    /// Where the next byte is, from the start of the file.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Bytes that are left.
    pub fn left(&self) -> usize {
        self.end - self.at
    }

    /// An error at a byte of the file.
    pub fn error(&self, offset: usize, message: impl Into<String>) -> LoadError {
        LoadError::new(self.section, offset, message.into())
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// If something is.
    pub fn finish(&self) -> Result<()> {
        match (self.left(), self.section) {
            (0, _) => Ok(()),
            (left, Some(_)) => Err(self.error(
                self.at,
                format!("{left} bytes are left over in the section; expected its end"),
            )),
            (left, None) => Err(self
                .error(self.at, format!("{left} bytes follow the last section; expected the end"))),
        }
    }

    /// So many bytes.
    ///
    /// # Errors
    /// If the section ends before, as all that follow.
    pub fn take(&mut self, count: usize, what: &str) -> Result<&'b [u8]> {
        let left = self.left();
        if left < count {
            let message =
                format!("the section ends inside {what}: {left} bytes left, {count} expected");
            return Err(self.error(self.at, message));
        }
        let bytes = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(bytes)
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'b [u8] {
        let bytes = &self.bytes[self.at..self.end];
        self.at = self.end;
        bytes
    }

    /// A byte.
    pub fn byte(&mut self, what: &str) -> Result<u8> {
        Ok(self.take(1, what)?[0])
    }

    /// A number of two bytes.
    pub fn u16(&mut self, what: &str) -> Result<u16> {
        Ok(little_endian(self.take(2, what)?) as u16)
    }

    /// A number of four bytes.
    pub fn u32(&mut self, what: &str) -> Result<u32> {
        Ok(little_endian(self.take(4, what)?) as u32)
    }

    /// A number of eight bytes.
    pub fn u64(&mut self, what: &str) -> Result<u64> {
        Ok(little_endian(self.take(8, what)?))
    }

    /// A number as [`Writer::number`] writes it.
    ///
    /// # Errors
    /// If it has more than 64 bits, or zeros in front.
    pub fn number(&mut self, what: &str) -> Result<u64> {
        let start = self.at;
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            let part = u64::from(byte & 0x7F);
            if part << shift >> shift != part {
                break;
            }
            number |= part << shift;
            // A number has one form, without zeros in front.
            if byte == 0 && shift > 0 {
                break;
            }
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.error(start, format!("{what} has more than 64 bits, or zeros in front")))
    }

    /// A number below a limit.
    ///
    /// # Errors
    /// If it is not.
    pub fn below(&mut self, limit: u64, what: &str) -> Result<u64> {
        let start = self.at;
        let number = self.number(what)?;
        if number < limit {
            return Ok(number);
        }
        Err(self.error(start, format!("{what} is {number}; expected less than {limit}")))
    }

    /// A number of at most 32 bits.
    ///
    /// # Errors
    /// If it has more.
    pub fn below_32_bits(&mut self, what: &str) -> Result<u32> {
        Ok(self.below(1 << 32, what)? as u32)
    }

    fn length(&mut self, what: &str) -> Result<u64> {
        match self.format.lengths {
            Lengths::Fixed => self.u32(what).map(u64::from),
            Lengths::Short => self.number(what),
        }
    }

    /// How many things follow that take at least `least` bytes each.
    ///
    /// # Errors
    /// If they cannot all be there: refused before anything is allocated for them.
    pub fn count(&mut self, least: usize, what: &str) -> Result<usize> {
        let start = self.at;
        let count = self.length(what)?;
        let fitting = self.left() / least;
        if count > fitting as u64 {
            let message = format!(
                "{count} {what} are announced, but the rest of the section holds at most {fitting}"
            );
            return Err(self.error(start, message));
        }
        Ok(count as usize)
    }

    /// A count and that many things, which take at least `least` bytes each.
    ///
    /// # Errors
    /// As [`count`](Self::count), and those of `item`.
    pub fn list<T>(
        &mut self,
        least: usize,
        what: &str,
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let count = self.count(least, what)?;
        (0..count).map(|_| item(self)).collect()
    }

    /// A text with its length.
    ///
    /// # Errors
    /// If it is not UTF-8, or not all there.
    pub fn text(&mut self, what: &str) -> Result<&'b str> {
        let length = self.length(what)?;
        self.utf8(usize::try_from(length).unwrap_or(usize::MAX), what)
    }

    /// A text of so many bytes.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub fn utf8(&mut self, count: usize, what: &str) -> Result<&'b str> {
        let start = self.at;
        let bytes = self.take(count, what)?;
        std::str::from_utf8(bytes).map_err(|error| {
            self.error(start + error.valid_up_to(), format!("{what} is not UTF-8 here"))
        })
    }
}

/// Writes a file.
#[derive(Debug)]
pub struct Writer {
    format: &'static Format,
    bytes: Vec<u8>,
    /// Sections that were written.
    sections: usize,
}

impl Writer {
    /// A file without sections.
    pub fn new(format: &'static Format) -> Self {
        let mut bytes = format.magic.to_vec();
        bytes.extend(&format.version.to_le_bytes()[..format.version_bytes]);
        bytes.extend([0; 4]);
        Self { format, bytes, sections: 0 }
    }

    /// Writes the next section.
    ///
    /// # Errors
    /// If it is too long.
    ///
    /// # Panics
    /// If the format has no more sections.
    pub fn section(&mut self, content: impl FnOnce(&mut Self)) -> Result<(), TooLarge> {
        let name = self.format.sections[self.sections];
        self.sections += 1;
        self.byte(self.sections as u8);
        let start = self.bytes.len() + 4;
        self.bytes.extend([0; 4]);
        content(self);
        let length = u32::try_from(self.bytes.len() - start).map_err(|_| TooLarge(name))?;
        self.bytes[start - 4..start].copy_from_slice(&length.to_le_bytes());
        Ok(())
    }

    /// The file, with its checksum.
    ///
    /// # Panics
    /// If a section is missing.
    pub fn finish(mut self) -> Vec<u8> {
        assert_eq!(self.sections, self.format.sections.len(), "every section is written");
        let header = self.format.header();
        let checksum = crc32(&self.bytes[header..]);
        self.bytes[header - 4..header].copy_from_slice(&checksum.to_le_bytes());
        self.bytes
    }

    /// A byte.
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Bytes as they are. Numbers of so many bytes are little-endian.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// A number, seven bits in each byte, the lowest first, the top bit set in all but the last.
    pub fn number(&mut self, number: impl Into<u64>) {
        let mut rest = number.into();
        while rest >= 0x80 {
            self.byte(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.byte(rest as u8);
    }

    /// How many things follow.
    ///
    /// # Panics
    /// If lengths are [fixed](Lengths::Fixed) and it does not fit.
    pub fn count(&mut self, count: usize) {
        match self.format.lengths {
            Lengths::Fixed => {
                let count = u32::try_from(count).expect("no table has 2^32 entries");
                self.raw(&count.to_le_bytes());
            }
            Lengths::Short => self.number(count as u64),
        }
    }

    /// How many things follow, and these.
    pub fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.count(items.len());
        for each in items {
            item(self, each);
        }
    }

    /// A text with its length.
    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.raw(text.as_bytes());
    }
}

#[cfg(test)]
mod tests;
