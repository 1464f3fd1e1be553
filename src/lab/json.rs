//! Records as JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Writes floats with the standard library, whose code is in the module anyway: serde_json's own
/// has large tables of powers.
struct PlainFloats;

impl Formatter for PlainFloats {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write!(writer, "{value:?}")
    }
}

/// A record as JSON, compact.
///
/// # Panics
/// If it has a map whose keys are no strings, or its own `Serialize` fails.
pub fn json<T: Serialize + ?Sized>(record: &T) -> String {
    let mut bytes = Vec::new();
    let written = record.serialize(&mut Serializer::with_formatter(&mut bytes, PlainFloats));
    // Not `expect`: the words of all errors of the library would be in the module.
    assert!(written.is_ok(), "records are JSON");
    let text = String::from_utf8(bytes);
    assert!(text.is_ok(), "JSON is text");
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn floats_are_read_back_as_they_were() {
        let some =
            [0.0, -0.0, 1.0, 0.1, 1e16, 1e-7, 123456.789, f64::MAX, f64::MIN_POSITIVE, 5e-324];
        let read: [f64; 10] = serde_json::from_str(&json(&some)).expect("JSON");
        assert_eq!(read.map(f64::to_bits), some.map(f64::to_bits));
        assert_eq!(json(&[f64::NAN, f64::INFINITY]), "[null,null]");
    }
}
