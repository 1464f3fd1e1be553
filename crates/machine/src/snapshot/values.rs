//! Values in a file: a number with the kind in its lowest three bits, and eight more bytes for a float.

use super::live::Live;
use crate::heap::{Kind, Value};
use bytecode::LoadError;
use bytecode::codec::{Reader, Writer};

// Kinds of values.
const NULL: u8 = 0;
const BOOL: u8 = 1;
const INT: u8 = 2;
const REFERENCE: u8 = 3;
const FLOAT: u8 = 4;

/// Writes a value; references become the numbers of objects.
pub(super) fn write(w: &mut Writer, value: Value, live: &Live) {
    let tagged = |payload: u32, tag: u8| u64::from(payload) << 3 | u64::from(tag);
    match value.kind() {
        Kind::Null => w.number(tagged(0, NULL)),
        Kind::Undefined => w.number(tagged(1, NULL)),
        Kind::Bool(bool) => w.number(tagged(bool.into(), BOOL)),
        Kind::Int(int) => w.number(tagged((int << 1 ^ int >> 31) as u32, INT)),
        Kind::Reference(reference) => w.number(tagged(live.number(reference), REFERENCE)),
        Kind::Float(float) => {
            w.number(tagged(0, FLOAT));
            // All not-a-numbers become the same one: no program can tell them apart.
            w.raw(&Value::float(float).bits().to_le_bytes());
        }
    }
}

/// Reads a value; a reference holds the number of one of so many objects.
pub(super) fn read(r: &mut Reader<'_>, objects: usize, what: &str) -> Result<Value, LoadError> {
    let start = r.at();
    let number = r.number(what)?;
    let payload = number >> 3;
    match (number as u8 & 7, payload) {
        (NULL, 0) => Ok(Value::NULL),
        (NULL, 1) => Ok(Value::UNDEFINED),
        (BOOL, 0 | 1) => Ok(Value::bool(payload == 1)),
        (INT, 0..=0xFFFF_FFFF) => {
            let zigzag = payload as u32;
            Ok(Value::int((zigzag >> 1) as i32 ^ -((zigzag & 1) as i32)))
        }
        (REFERENCE, _) if payload < objects as u64 => Ok(Value::reference(payload as u32)),
        (REFERENCE, _) => {
            let message = format!("{what} leads to object {payload}, but there are {objects}");
            Err(r.error(start, message))
        }
        (FLOAT, 0) => Ok(Value::float(f64::from_bits(r.u64(what)?))),
        (tag, _) => {
            let message = format!("{what} is no value: kind {tag} with {payload:#x}");
            Err(r.error(start, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytecode::codec::{Format, Lengths};

    static FORMAT: Format = Format {
        name: "test",
        magic: b"TEST",
        version: 1,
        version_bytes: 1,
        other_versions: ["newer", "older"],
        sections: &["only"],
        lengths: Lengths::Short,
    };

    /// Writes a section and reads a value from it.
    fn back(objects: usize, content: impl FnOnce(&mut Writer)) -> Result<Value, LoadError> {
        let mut writer = Writer::new(&FORMAT);
        writer.section(content).expect("it is short");
        let file = writer.finish();
        let mut section = FORMAT.open(&file).and_then(|mut file| file.section()).expect("a file");
        read(&mut section, objects, "it")
    }

    #[test]
    fn values_come_back() {
        let live = Live::default();
        let ints = [0, 1, -1, i32::MAX, i32::MIN].map(Value::int);
        let floats = [0.0, -0.0, 1.5, f64::INFINITY, f64::NAN].map(Value::float);
        let others = [Value::NULL, Value::UNDEFINED, Value::TRUE, Value::FALSE];
        for value in [ints.as_slice(), &floats, &others].concat() {
            assert_eq!(back(0, |w| write(w, value, &live)), Ok(value), "{value:?}");
        }
        assert!(back(0, |w| w.byte(3)).is_err(), "there is no object 0");
        assert_eq!(back(1, |w| w.byte(3)), Ok(Value::reference(0)));
        assert!(back(1, |w| w.byte(7)).is_err(), "there is no kind 7");
    }
}
