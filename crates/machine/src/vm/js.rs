//! Numbers and strings as JavaScript has them (ECMA-262, "Numeric Types" and "Type Conversion").
//!
//! The result of an operation is an integer wherever it is one of 32 bits and not -0, and a float otherwise.

use super::arithmetic::string;
use super::pow::pow;
use crate::heap::{Heap, Kind, Value};
use bytecode::float_plain;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsOperator {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Neg,
    Floor,
    Sqrt,
    Int,
    Ushr,
    True,
    Text,
    Length,
    Char,
    Code,
    Pow,
    ListGet,
    ListSet,
    ListPush,
    ListPop,
    ListCopy,
    Throw,
}

/// An operator over numbers; of one operand `y` is not looked at. Others give not-a-number.
pub(super) fn operate(operator: JsOperator, x: f64, y: f64) -> Value {
    of(match operator {
        JsOperator::Add => x + y,
        JsOperator::Sub => x - y,
        JsOperator::Mul => x * y,
        JsOperator::Div => x / y,
        JsOperator::Rem => x % y,
        JsOperator::Pow => pow(x, y),
        JsOperator::Neg => -x,
        JsOperator::Floor => x.floor(),
        JsOperator::Sqrt => x.sqrt(),
        JsOperator::Int => f64::from(to_int(x)),
        JsOperator::Ushr => f64::from((to_int(x) as u32).wrapping_shr(to_int(y) as u32)),
        _ => f64::NAN,
    })
}

/// The value of a number that arithmetic on values produced.
#[inline(always)]
pub(super) fn computed(number: f64) -> Value {
    // Added to it, a number of up to 51 bits is rounded to an integer in the lower bits of the sum: quicker
    // than a conversion, which has to look for what does not fit. Of another number these bits are not the
    // number's.
    const ROUNDS: f64 = 6_755_399_441_055_744.0;
    let int = (number + ROUNDS).to_bits() as i32;
    // By their bits: -0 is no integer, and not-a-number is not equal to itself.
    if f64::from(int).to_bits() == number.to_bits() {
        whole();
        Value::int(int)
    } else {
        Value::computed(number)
    }
}

/// Has the compiler branch instead of choosing one of two values: what is computed next would otherwise wait for
/// the conversion.
#[cold]
const fn whole() {}

/// The value of a number.
pub(super) fn of(number: f64) -> Value {
    let int = number as i32;
    // By their bits: -0 is no integer, and not-a-number is not equal to itself.
    if f64::from(int).to_bits() == number.to_bits() {
        Value::int(int)
    } else {
        Value::float(number)
    }
}

/// The low 32 bits of a truncated number; 0 for not-a-number and infinities.
pub(super) fn to_int(number: f64) -> i32 {
    const MODULUS: f64 = 4_294_967_296.0;
    if !number.is_finite() {
        return 0;
    }
    // The remainder is exact, and between -2^32 and 2^32.
    (number.trunc() % MODULUS) as i64 as i32
}

/// An index of a string or list that has so many; `None` for every other number.
pub(super) fn index(value: Value, length: u32) -> Option<u32> {
    // -0 is an index too.
    let value = if value.is_float() { of(value.as_float() + 0.0) } else { value };
    let index = value.is_int().then(|| u32::try_from(value.low_int()).ok())??;
    (index < length).then_some(index)
}

/// Whether a condition takes a value for true.
pub(super) fn is_true(heap: &Heap, value: Value) -> bool {
    match value.kind() {
        Kind::Bool(bool) => bool,
        Kind::Null | Kind::Undefined => false,
        Kind::Int(int) => int != 0,
        Kind::Float(float) => float != 0.0 && !float.is_nan(),
        Kind::Reference(reference) => {
            string(heap, value).is_none() || heap.header(reference).length() != 0
        }
    }
}

/// A float as JavaScript writes it: `Number::toString` with radix 10.
pub(super) fn float_text(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".into();
    }
    if size.is_infinite() {
        return if value < 0.0 { "-Infinity".into() } else { "Infinity".into() };
    }
    if value.is_nan() || (1e-6..1e21).contains(&size) {
        return float_plain(value);
    }
    // With an exponent, whose sign Rust leaves out when it is positive.
    let mut text = bytecode::float_text(value);
    if size > 1.0
        && let Some(at) = text.find('e')
    {
        text.insert(at + 1, '+');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_javascript_writes_them() {
        for (value, text) in [
            (1.0, "1"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (-1.5, "-1.5"),
            (123_456_789.125, "123456789.125"),
            (1e20, "100000000000000000000"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (0.000001, "0.000001"),
            (0.0000001, "1e-7"),
            (1.25e-7, "1.25e-7"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (4_294_967_295.0, "4294967295"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(float_text(value), text);
        }
    }

    #[test]
    fn bits_of_numbers_are_taken_modulo_2_to_the_32() {
        for (value, int) in [
            (0.0, 0),
            (-0.5, 0),
            (1.9, 1),
            (-1.9, -1),
            (2_147_483_648.0, i32::MIN),
            (4_294_967_295.0, -1),
            (4_294_967_296.0, 0),
            (-2_147_483_649.0, i32::MAX),
            (1e20, 1_661_992_960),
            (-1e20, -1_661_992_960),
            (1e300, 0),
            (f64::NAN, 0),
            (f64::INFINITY, 0),
        ] {
            assert_eq!(to_int(value), int, "{value}");
        }
    }

    #[test]
    fn a_number_is_an_integer_where_it_can_be() {
        assert_eq!(of(3.0), Value::int(3));
        assert_eq!(of(-2_147_483_648.0), Value::int(i32::MIN));
        assert!(of(2_147_483_648.0).is_float() && of(-0.0).is_float() && of(0.5).is_float());
        let div = |a, b| operate(JsOperator::Div, a, b);
        assert_eq!(div(6.0, 3.0), Value::int(2));
        assert_eq!(div(1.0, 0.0), Value::float(f64::INFINITY));
        assert_eq!(div(0.0, -1.0), Value::float(-0.0));
        let rem = |a, b| operate(JsOperator::Rem, a, b);
        assert_eq!(rem(-4.0, 2.0), Value::float(-0.0));
        assert_eq!(rem(5.0, 3.0), Value::int(2));
        assert_eq!(rem(f64::from(i32::MIN), -1.0), Value::float(-0.0));
        assert_eq!(operate(JsOperator::Mul, 0.0, -1.0), Value::float(-0.0));
        assert_eq!(operate(JsOperator::Ushr, -1.0, 32.0), Value::float(4_294_967_295.0));
    }
}
