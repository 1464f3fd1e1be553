//! The meaning of operators for values. The interpreter has its own fast paths for the usual operands.

use super::op::Comparison;
use crate::heap::{Heap, Kind, ObjectKind, Value};

/// An operator over two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// Why an operator has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The operator does not take operands of these kinds.
    Kinds,
    /// An integer divided by zero.
    DivisionByZero,
}

/// The result over any two values. Integers wrap at 32 bits; an integer and a float give a float.
#[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
pub(super) fn operate(operator: Operator, a: Value, b: Value) -> Result<Value, Failure> {
    if a.both_int(b) {
        return ints(operator, a.low_int(), b.low_int()).map(Value::int);
    }
    let (Some(a), Some(b)) = (number(a), number(b)) else { return Err(Failure::Kinds) };
    Ok(Value::computed(match operator {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mul => a * b,
        Operator::Div => a / b,
        Operator::Rem => a % b,
    }))
}

fn ints(operator: Operator, a: i32, b: i32) -> Result<i32, Failure> {
    Ok(match operator {
        Operator::Add => a.wrapping_add(b),
        Operator::Sub => a.wrapping_sub(b),
        Operator::Mul => a.wrapping_mul(b),
        Operator::Div | Operator::Rem if b == 0 => return Err(Failure::DivisionByZero),
        Operator::Div => a.wrapping_div(b),
        Operator::Rem => a.wrapping_rem(b),
    })
}

/// A number as a float.
#[inline(always)]
pub(super) fn number(value: Value) -> Option<f64> {
    if value.is_int() {
        Some(value.low_int() as f64)
    } else {
        value.is_float().then(|| value.as_float())
    }
}

/// Whether a comparison holds; `None` if the two values have no order. Numbers compare by value, strings by
/// content, references by identity. Values of different kinds are never equal.
#[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
pub(super) fn compare(heap: &Heap, with: Comparison, a: Value, b: Value) -> Option<bool> {
    if a.both_int(b) {
        return Some(with.ints(a.low_int(), b.low_int()));
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Some(with.floats(a, b));
    }
    if let (Some(a), Some(b)) = (string(heap, a), string(heap, b)) {
        return Some(with.ints(heap.compare_text(a, b) as i32, 0));
    }
    match with {
        Comparison::Eq => Some(a == b),
        Comparison::Ne => Some(a != b),
        _ => None,
    }
}

/// The reference, if it leads to a string.
pub(super) fn string(heap: &Heap, value: Value) -> Option<u32> {
    object(heap, value, ObjectKind::String)
}

/// The reference, if it leads to an object of this kind.
pub(super) fn object(heap: &Heap, value: Value, kind: ObjectKind) -> Option<u32> {
    (value.is_reference() && heap.header(value.low_word()).kind() == kind).then(|| value.low_word())
}

/// A float as an integer: truncated, and saturated at the ends of the range; NaN becomes 0.
pub(super) fn truncate(value: f64) -> i32 {
    value as i32
}

/// What a value is, in words, for messages.
pub(super) fn kind_name(heap: &Heap, value: Value) -> &'static str {
    match value.kind() {
        Kind::Int(_) => "an int",
        Kind::Float(_) => "a float",
        Kind::Bool(_) => "a bool",
        Kind::Null => "null",
        Kind::Undefined => "undefined",
        Kind::Reference(reference) => match heap.header(reference).kind() {
            ObjectKind::Object => "an object",
            ObjectKind::Array => "an array",
            ObjectKind::String => "a string",
            ObjectKind::Mutex => "a mutex",
            ObjectKind::Task => "a task",
            ObjectKind::Filler => "free memory",
        },
    }
}
