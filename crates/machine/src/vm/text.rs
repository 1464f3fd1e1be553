//! Values as text: for `print` and `tostr`, and for a viewer of a stopped machine.

use super::arithmetic::object;
use super::handle::handle_task;
use crate::heap::{Heap, Kind, ObjectKind, Value};
use bytecode::{Shape, VerifiedModule, float_text};

/// A value's text. Floats always show that they are floats (`1.0`). For an object the text is its kind without
/// its place, so that the output does not depend on allocation.
pub(super) fn value_text(module: &VerifiedModule, heap: &Heap, value: Value) -> String {
    match value.kind() {
        Kind::Int(int) => int.to_string(),
        Kind::Float(float) => float_text(float),
        Kind::Bool(bool) => bool.to_string(),
        Kind::Null => "null".into(),
        Kind::Undefined => "undefined".into(),
        Kind::Reference(reference) => {
            let header = heap.header(reference);
            match header.kind() {
                ObjectKind::String => heap.text(reference).into(),
                ObjectKind::Object => {
                    let shape = module.module().shapes.get(header.shape() as usize);
                    shape.map_or("object".into(), |shape| shape.name.clone())
                }
                ObjectKind::Array => format!("array of {}", header.length()),
                ObjectKind::Mutex => "mutex".into(),
                ObjectKind::Task => format!("task {}", handle_task(heap, reference)),
                ObjectKind::Filler => "free memory".into(),
            }
        }
    }
}

/// An integer's text, which needs no memory of the allocator: programs make many.
pub(super) fn int_text(int: i32, into: &mut [u8; 11]) -> &str {
    let (mut rest, mut at) = (int.unsigned_abs(), into.len());
    loop {
        at -= 1;
        into[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if int < 0 {
        at -= 1;
        into[at] = b'-';
    }
    std::str::from_utf8(&into[at..]).unwrap_or_default()
}

/// The value of a variable of the source, by what its local has: of a variable of a function around its field in that, of
/// one that functions share what the object has that holds it.
pub(super) fn variable(
    module: &VerifiedModule,
    heap: &Heap,
    local: Value,
    field: Option<u8>,
) -> Value {
    let part = |of: Value, field: u8| {
        let of = object(heap, of, ObjectKind::Object)?;
        let is_there = u32::from(field) < heap.header(of).length();
        is_there.then(|| Value::from_bits(heap.load(of, u32::from(field) + 1)))
    };
    let value = field.and_then(|field| part(local, field)).unwrap_or(local);
    let shapes = &module.module().shapes;
    let is_shared = object(heap, value, ObjectKind::Object).is_some_and(|reference| {
        let shape = shapes.get(heap.header(reference).shape() as usize);
        shape.is_some_and(Shape::is_shared)
    });
    if is_shared { part(value, 0).unwrap_or(value) } else { value }
}

/// The number of characters of a string that are shown.
const SHOWN: usize = 60;

/// A value for a viewer of a stopped machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueView {
    /// Its text.
    pub text: String,
    /// The object that it refers to, if it is a reference.
    pub object: Option<u32>,
}

impl ValueView {
    pub(super) fn new(module: &VerifiedModule, heap: &Heap, value: Value) -> Self {
        let object = match value.kind() {
            Kind::Reference(reference) => Some(reference),
            _ => None,
        };
        Self { text: short_text(module, heap, value), object }
    }
}

/// A value's text for a viewer of a stopped machine: short, strings in quotes, references with their
/// identity.
pub(super) fn short_text(module: &VerifiedModule, heap: &Heap, value: Value) -> String {
    let Kind::Reference(reference) = value.kind() else { return value_text(module, heap, value) };
    if heap.header(reference).kind() != ObjectKind::String {
        return format!("{} @{reference}", value_text(module, heap, value));
    }
    // A character has at most four bytes.
    let (text, all) = heap.text_start(reference, 4 * SHOWN);
    let mut short: String = text.chars().take(SHOWN).collect();
    if !all || short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn integers_are_written_as_elsewhere() {
        for int in [0, 7, -7, 10, 1_234_567_890, -1_000_000_000, i32::MAX, i32::MIN] {
            assert_eq!(super::int_text(int, &mut [0; 11]), int.to_string());
        }
    }
}
