//! Reading what [`super::write`] writes, and refusing everything else.

use super::{BOOL, FLOAT, INT, NULL, REFERENCE, SECTIONS, SnapshotError};
use crate::heap::Value;

pub(super) type Result<T, E = SnapshotError> = std::result::Result<T, E>;

/// Reads one section.
#[derive(Debug, Clone)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    end: usize,
    section: &'static str,
}

/// Cuts a file into its sections, which must be there, in order, and nothing else.
pub(super) fn sections(bytes: &[u8], from: usize) -> Result<[Reader<'_>; SECTIONS.len()]> {
    let mut head = Reader { bytes, at: from, end: bytes.len(), section: "header" };
    let mut sections: [_; SECTIONS.len()] = std::array::from_fn(|_| head.clone());
    for (index, section) in sections.iter_mut().enumerate() {
        let name = SECTIONS[index];
        head.section = name;
        let start = head.at;
        let found = usize::from(head.byte("its number")?);
        if found != index + 1 {
            let message = format!("section {found} stands where {} is expected", index + 1);
            return Err(head.error(start, message));
        }
        let length = head.take(4, "its length")?;
        let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
        let left = head.end - head.at;
        if length > left {
            let message = format!("it claims {length} bytes, but only {left} are left");
            return Err(head.error(start + 1, message));
        }
        *section = Reader { at: head.at, end: head.at + length, ..head.clone() };
        head.at += length;
    }
    if head.at < head.end {
        let message = format!("{} bytes follow the last section", head.end - head.at);
        return Err(head.error(head.at, message));
    }
    Ok(sections)
}

impl<'b> Reader<'b> {
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn left(&self) -> usize {
        self.end - self.at
    }

    /// An error at a byte of the file.
    pub(super) fn error(&self, offset: usize, message: impl Into<String>) -> SnapshotError {
        SnapshotError { place: Some((self.section, offset)), message: message.into() }
    }

    /// Nothing may be left.
    pub(super) fn finish(&self) -> Result<()> {
        match self.left() {
            0 => Ok(()),
            left => Err(self.error(self.at, format!("{left} bytes are left over"))),
        }
    }

    pub(super) fn take(&mut self, count: usize, what: &str) -> Result<&'b [u8]> {
        if self.left() < count {
            let message = format!(
                "the section ends inside {what}: {} bytes left, {count} expected",
                self.left()
            );
            return Err(self.error(self.at, message));
        }
        let bytes = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(bytes)
    }

    pub(super) fn rest(&mut self) -> &'b [u8] {
        let bytes = &self.bytes[self.at..self.end];
        self.at = self.end;
        bytes
    }

    pub(super) fn byte(&mut self, what: &str) -> Result<u8> {
        Ok(self.take(1, what)?[0])
    }

    pub(super) fn number(&mut self, what: &str) -> Result<u64> {
        let start = self.at;
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            let part = u64::from(byte & 0x7F);
            if part << shift >> shift != part {
                break;
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.error(start, format!("{what} has more than 64 bits")))
    }

    /// A number below a limit.
    pub(super) fn below(&mut self, limit: u64, what: &str) -> Result<u64> {
        let start = self.at;
        let number = self.number(what)?;
        if number < limit {
            return Ok(number);
        }
        Err(self.error(start, format!("{what} is {number}; expected is less than {limit}")))
    }

    pub(super) fn u32(&mut self, what: &str) -> Result<u32> {
        Ok(self.below(1 << 32, what)? as u32)
    }

    /// How many things follow that take at least `least` bytes each; refused when they cannot all be
    /// there, before anything is allocated for them.
    pub(super) fn count(&mut self, least: usize, what: &str) -> Result<usize> {
        let start = self.at;
        let count = self.number(what)?;
        let fitting = self.left() / least;
        if count > fitting as u64 {
            let message =
                format!("{count} {what} are announced, but the section holds at most {fitting}");
            return Err(self.error(start, message));
        }
        Ok(count as usize)
    }

    pub(super) fn text(&mut self, what: &str) -> Result<&'b str> {
        let count = self.count(1, what)?;
        self.utf8(count, what)
    }

    pub(super) fn utf8(&mut self, count: usize, what: &str) -> Result<&'b str> {
        let start = self.at;
        let bytes = self.take(count, what)?;
        std::str::from_utf8(bytes).map_err(|error| {
            self.error(start + error.valid_up_to(), format!("{what} is not UTF-8 here"))
        })
    }

    /// A value; a reference holds the number of one of so many objects.
    pub(super) fn value(&mut self, objects: usize, what: &str) -> Result<Value> {
        let start = self.at;
        let number = self.number(what)?;
        let payload = number >> 3;
        match (number as u8 & 7, payload) {
            (NULL, 0) => Ok(Value::NULL),
            (BOOL, 0 | 1) => Ok(Value::bool(payload == 1)),
            (INT, 0..=0xFFFF_FFFF) => {
                let zigzag = payload as u32;
                Ok(Value::int((zigzag >> 1) as i32 ^ -((zigzag & 1) as i32)))
            }
            (REFERENCE, _) if payload < objects as u64 => Ok(Value::reference(payload as u32)),
            (REFERENCE, _) => {
                let message = format!("{what} leads to object {payload}, but there are {objects}");
                Err(self.error(start, message))
            }
            (FLOAT, 0) => {
                let bytes = self.take(8, what)?;
                let bits = bytes.iter().rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
                Ok(Value::float(f64::from_bits(bits)))
            }
            (tag, _) => {
                let message = format!("{what} is no value: kind {tag} with {payload:#x}");
                Err(self.error(start, message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::live::Live;
    use super::super::write::Writer;
    use super::*;

    fn reader(bytes: &[u8]) -> Reader<'_> {
        Reader { bytes, at: 0, end: bytes.len(), section: "test" }
    }

    #[test]
    fn numbers_come_back() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut writer = Writer::default();
            writer.number(number);
            let bytes = writer.into_bytes();
            let mut reader = reader(&bytes);
            assert_eq!(reader.number("it"), Ok(number));
            assert_eq!(reader.finish(), Ok(()));
        }
        let long = [0xFF; 11];
        assert!(reader(&long).number("it").is_err());
        let just_too_large = [[0xFF; 9].as_slice(), &[2]].concat();
        assert!(reader(&just_too_large).number("it").is_err());
    }

    #[test]
    fn values_come_back() {
        let live = Live::default();
        let ints = [0, 1, -1, i32::MAX, i32::MIN].map(Value::int);
        let floats = [0.0, -0.0, 1.5, f64::INFINITY, f64::NAN].map(Value::float);
        for value in [ints.as_slice(), &floats, &[Value::NULL, Value::TRUE, Value::FALSE]].concat()
        {
            let mut writer = Writer::default();
            writer.value(value, &live);
            let bytes = writer.into_bytes();
            assert_eq!(reader(&bytes).value(0, "it"), Ok(value), "{value:?}");
        }
        assert!(reader(&[3]).value(0, "it").is_err(), "there is no object 0");
        assert_eq!(reader(&[3]).value(1, "it"), Ok(Value::reference(0)));
        assert!(reader(&[7]).value(1, "it").is_err(), "there is no kind 7");
    }
}
