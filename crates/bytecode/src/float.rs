//! Decimal numbers as floats.
//!
//! The standard library reads them faster, with a table of powers that would be 4 % of the engine's download. A
//! program has few of them, and long division gives the same results.

use std::cmp::Ordering;

use super::natural::Natural;

/// Of the digits after these it matters only whether all are zero: no number that is exactly halfway between two
/// floats has more digits.
const DIGITS: usize = 800;

/// `1`, `1.5`, `-1.5e-3`: the nearest float; of two that are equally near, the even one. `None` for anything else.
pub fn parse_float(text: &str) -> Option<f64> {
    let (negative, text) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let exponent = exponent.saturating_sub(i64::try_from(fraction.len()).ok()?);
    let value = nearest(&digits, exponent);
    Some(if negative { -value } else { value })
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // An exponent that does not fit is beyond that of every float.
    let size = digits.parse::<i64>().unwrap_or(i64::MAX / 2).min(i64::MAX / 2);
    Some(if text.starts_with('-') { -size } else { size })
}

/// The float nearest to digits times a power of ten.
fn nearest(digits: &[u8], exponent: i64) -> f64 {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    let digits = &digits[zeros..];
    let before_point = exponent.saturating_add(digits.len() as i64);
    if digits.is_empty() || before_point < -330 {
        return 0.0;
    }
    if before_point > 310 {
        return f64::INFINITY;
    }
    let mut numerator = Natural::default();
    for digit in &digits[..digits.len().min(DIGITS)] {
        numerator.multiply_add(10, u32::from(digit - b'0'));
    }
    let mut exponent = exponent + digits.len().saturating_sub(DIGITS) as i64;
    if digits.iter().skip(DIGITS).any(|&digit| digit != b'0') {
        numerator.multiply_add(10, 1);
        exponent -= 1;
    }
    let mut denominator = Natural::from(1);
    let scaled = if exponent < 0 { &mut denominator } else { &mut numerator };
    for _ in 0..exponent.unsigned_abs() {
        scaled.multiply_add(10, 0);
    }

    // Shifted so that the quotient has 62 or 63 bits, enough to round by.
    let shift = 62 - (numerator.bits() - denominator.bits());
    let (up, down) = (shift.max(0) as u32, (-shift).max(0) as u32);
    numerator.shift_left(up);
    denominator.shift_left(down + 62);
    let mut quotient = 0_u64;
    for bit in (0..63).rev() {
        if numerator.cmp(&denominator) != Ordering::Less {
            numerator.subtract(&denominator);
            quotient |= 1 << bit;
        }
        denominator.halve();
    }
    // The remainder becomes a lowest bit: all that matters is whether the quotient is exactly halfway.
    quotient |= u64::from(!numerator.is_zero());

    // The lowest bit of a float is 2⁻¹⁰⁷⁴, so a small one has fewer than 53.
    let bits = 64 - i64::from(quotient.leading_zeros());
    let dropped = (bits - 53).max(shift - 1074);
    if dropped > 63 {
        return 0.0;
    }
    let (kept, rest, half) =
        (quotient >> dropped, quotient & ((1 << dropped) - 1), 1 << (dropped - 1));
    let up = rest > half || (rest == half && kept & 1 == 1);
    let power = dropped - shift;
    // In two steps, since the power alone may be too small for a float.
    (kept + u64::from(up)) as f64 * power_of_two(power / 2) * power_of_two(power - power / 2)
}

fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::parse_float;
    use proptest::prelude::*;

    fn same(text: &str) {
        let expected: f64 = text.parse().expect(text);
        let found = parse_float(text).expect(text);
        assert_eq!(found.to_bits(), expected.to_bits(), "{text}: {found} instead of {expected}");
    }

    #[test]
    fn hard_cases_are_read_as_by_the_standard_library() {
        for text in [
            "0",
            "-0",
            "0.0e5",
            "1",
            "-1.5",
            "1.",
            "0.1",
            "1e23",
            "8.5e22",
            "9007199254740993",
            "9007199254740992.999999999999999999999",
            "9007199254740993.000000000000000000001",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "1e309",
            "1e400",
            "1e99999999999999999999",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "4.9e-324",
            "2.47e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "1e-400",
            "1e-99999999999999999999",
            "0e99999999999999999999",
            "0.000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        ] {
            same(text);
        }
        // Exactly halfway between two floats, and above it by a digit far behind the point.
        let halfway = format!("9007199254740993.{}", "0".repeat(1000));
        same(&halfway);
        same(&format!("{halfway}1"));
        same(&format!("{}e-900", "7".repeat(1200)));
        same(&format!("0.{}4", "0".repeat(320)));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["", "-", ".", "e5", "1e", "1e+", "1.5.2", "1f", "0x1", "inf", "1e5.0", "--1", "1e--5"]
        {
            assert_eq!(parse_float(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_float_is_read_as_it_was_written(bits: u64) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                prop_assert_eq!(parse_float(&format!("{value:?}")).map(f64::to_bits), Some(bits));
                same(&format!("{value:.30e}"));
            }
        }

        #[test]
        fn any_digits_are_read_as_by_the_standard_library(
            text in "-?[0-9]{1,30}(\\.[0-9]{0,30})?(e[-+]?[0-9]{1,3})?",
        ) {
            same(&text);
        }

        #[test]
        fn halfway_between_two_floats_the_even_one_is_taken(bits in 0..(0x7fe_u64 << 52)) {
            // Numbers between these limits have at most 100 bits: a `u128` holds them exactly.
            let (low, high) = (f64::from_bits(bits), f64::from_bits(bits + 1));
            if low > 1e16 && high < 1e30 {
                same(&(low as u128 + (high as u128 - low as u128) / 2).to_string());
            }
        }
    }
}
