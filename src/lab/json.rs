//! Records as JSON.
//!
//! Writing into a text cannot fail, and the type of its error has no values. So no code is made for passing on errors
//! at every field of every record, which would be a part of the engine's download.

use std::fmt::{self, Display, Write};

use bytecode::float_text;
use serde::ser::{self, Impossible, Serialize};

/// A record as JSON, compact. What is no finite number is null.
///
/// # Panics
/// If it has bytes or a variant with several fields and no tag, or its own `Serialize` fails.
pub fn json<T: Serialize + ?Sized>(record: &T) -> String {
    let mut text = String::new();
    let Ok(()) = record.serialize(Writer(&mut text));
    text
}

/// There is none.
#[derive(Debug)]
enum Never {}

impl Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: Display>(_: T) -> Self {
        no_record()
    }
}

fn no_record() -> ! {
    panic!("a record has bytes, a variant with several fields and no tag, or an error of its own")
}

type Written = Result<(), Never>;

/// Writes a value at the end of a text.
struct Writer<'t>(&'t mut String);

impl<'t> Writer<'t> {
    fn raw(self, text: &str) -> Written {
        self.0.push_str(text);
        Ok(())
    }

    fn integer(self, number: impl Display) -> Written {
        // Texts do not refuse what is written.
        let _ = write!(self.0, "{number}");
        Ok(())
    }

    fn list(self, open: &str, close: &'static str) -> Result<List<'t>, Never> {
        self.0.push_str(open);
        Ok(List { text: self.0, close, first: true })
    }

    /// An object of one key, whose value follows.
    fn tagged(self, variant: &str) -> Self {
        self.0.push('{');
        quoted(self.0, variant);
        self.0.push(':');
        self
    }
}

fn quoted(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            c if c < ' ' => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

/// Writes what an array or object has.
struct List<'t> {
    text: &'t mut String,
    close: &'static str,
    first: bool,
}

impl List<'_> {
    fn comma(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.text.push(',');
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.comma();
        value.serialize(Writer(self.text))
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.text.push(':');
        value.serialize(Writer(self.text))
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Written {
        self.comma();
        quoted(self.text, key);
        self.value(value)
    }

    fn close(self) -> Written {
        self.text.push_str(self.close);
        Ok(())
    }
}

macro_rules! integers {
    ($($name:ident: $of:ty),*) => {
        $(fn $name(self, number: $of) -> Written {
            self.integer(number)
        })*
    };
}

impl<'t> ser::Serializer for Writer<'t> {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = List<'t>;
    type SerializeTuple = List<'t>;
    type SerializeTupleStruct = List<'t>;
    type SerializeTupleVariant = Impossible<(), Never>;
    type SerializeMap = List<'t>;
    type SerializeStruct = List<'t>;
    type SerializeStructVariant = Impossible<(), Never>;

    integers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64
    }

    fn serialize_bool(self, value: bool) -> Written {
        self.raw(if value { "true" } else { "false" })
    }

    fn serialize_f32(self, value: f32) -> Written {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Written {
        if value.is_finite() { self.raw(&float_text(value)) } else { self.serialize_unit() }
    }

    fn serialize_char(self, value: char) -> Written {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Written {
        quoted(self.0, value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Written {
        no_record()
    }

    fn serialize_none(self) -> Written {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        self.raw("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        let Writer(text) = self.tagged(variant);
        value.serialize(Writer(text))?;
        Writer(text).raw("}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'t>, Never> {
        self.list("[", "]")
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'t>, Never> {
        self.list("[", "]")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'t>, Never> {
        self.list("[", "]")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Never>, Never> {
        no_record()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<List<'t>, Never> {
        self.list("{", "}")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<List<'t>, Never> {
        self.list("{", "}")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Never>, Never> {
        no_record()
    }
}

macro_rules! lists {
    ($($list:ident: $item:ident),*) => {
        $(impl ser::$list for List<'_> {
            type Ok = ();
            type Error = Never;

            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
                self.item(value)
            }

            fn end(self) -> Written {
                self.close()
            }
        })*
    };
}

lists! {
    SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field
}

impl ser::SerializeMap for List<'_> {
    type Ok = ();
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written {
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.value(value)
    }

    fn end(self) -> Written {
        self.close()
    }
}

impl ser::SerializeStruct for List<'_> {
    type Ok = ();
    type Error = Never;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Written {
        self.field(key, value)
    }

    fn end(self) -> Written {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use super::json;
    use serde::Serialize;

    #[test]
    fn floats_are_read_back_as_they_were() {
        let some =
            [0.0, -0.0, 1.0, 0.1, 1e16, 1e-7, 123456.789, f64::MAX, f64::MIN_POSITIVE, 5e-324];
        let read: [f64; 10] = serde_json::from_str(&json(&some)).expect("JSON");
        assert_eq!(read.map(f64::to_bits), some.map(f64::to_bits));
        assert_eq!(json(&[f64::NAN, f64::INFINITY]), "[null,null]");
    }

    #[derive(Serialize)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    enum Tagged {
        Point { x: i32, y: Option<u64> },
        Empty,
        Held(Held),
    }

    #[derive(Serialize)]
    struct Held {
        list: Vec<Named>,
        pair: (bool, ()),
    }

    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Named {
        Text(String),
        Nothing,
    }

    #[test]
    fn records_are_written_as_by_the_library() {
        let text = "quote \" backslash \\ line \n return \r tab \t bell \u{7} é 🦀 \u{7f} \u{2028}";
        let records = vec![
            Tagged::Point { x: i32::MIN, y: Some(u64::MAX) },
            Tagged::Point { x: 0, y: None },
            Tagged::Empty,
            Tagged::Held(Held {
                list: vec![Named::Text(text.into()), Named::Nothing],
                pair: (true, ()),
            }),
            Tagged::Held(Held { list: Vec::new(), pair: (false, ()) }),
        ];
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        let expected = serde_json::to_string(&records).expect("JSON");
        assert_eq!(read(&json(&records)), read(&expected));
    }
}
