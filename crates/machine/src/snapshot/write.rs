//! Writing numbers, texts, values and sections.

use super::live::Live;
use super::{BOOL, CaptureError, FLOAT, INT, NULL, REFERENCE, SECTIONS};
use crate::heap::{Kind, Value};

/// The bytes of a file in the making.
#[derive(Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A section: its number, its length, its content.
    pub(super) fn section(
        &mut self,
        index: usize,
        content: impl FnOnce(&mut Self),
    ) -> Result<(), CaptureError> {
        self.bytes.push(index as u8 + 1);
        let start = self.bytes.len() + 4;
        self.bytes.extend([0; 4]);
        content(self);
        let length = u32::try_from(self.bytes.len() - start);
        let length = length.map_err(|_| CaptureError::TooLarge(SECTIONS[index]))?;
        self.bytes[start - 4..start].copy_from_slice(&length.to_le_bytes());
        Ok(())
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// A number, seven bits in each byte, the lowest first, the top bit set in all but the last.
    pub(super) fn number(&mut self, number: impl Into<u64>) {
        let mut rest = number.into();
        while rest >= 0x80 {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.raw(text.as_bytes());
    }

    /// A value; references become the numbers of objects.
    pub(super) fn value(&mut self, value: Value, live: &Live) {
        let tagged = |payload: u32, tag: u8| u64::from(payload) << 3 | u64::from(tag);
        match value.kind() {
            Kind::Null => self.number(tagged(0, NULL)),
            Kind::Bool(bool) => self.number(tagged(bool.into(), BOOL)),
            Kind::Int(int) => self.number(tagged((int << 1 ^ int >> 31) as u32, INT)),
            Kind::Reference(reference) => {
                self.number(tagged(live.number(reference), REFERENCE));
            }
            Kind::Float(float) => {
                self.number(tagged(0, FLOAT));
                // One not-a-number for all: which one it is, no program can tell.
                self.raw(&Value::float(float).bits().to_le_bytes());
            }
        }
    }
}
