//! Floats as decimal numbers: the shortest that read back as the same float, and of these the nearest.
//!
//! The standard library writes them faster, with tables and two algorithms that would be 2 % of the engine's download.
//! Most floats of programs and records have few digits, which are tried first; for the others there is long division
//! (Steele and White, "How to Print Floating-Point Numbers Accurately", 1990).

use std::cmp::Ordering;

use super::natural::Natural;

/// Whole numbers below this are floats, with two bits to spare.
const WHOLE: f64 = (1_u64 << 51) as f64;
/// The largest power of ten that is a float is ten to this.
const POWERS: i32 = 22;

/// A float in Rust's notation: `1.0`, `-0.1`, `1e16`, `NaN`, `inf`.
pub fn float_text(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-4..1e16).contains(&size) {
        let text = float_plain(value);
        return if text.contains('.') { text } else { text + ".0" };
    }
    let Some((sign, digits, point)) = decimal(value) else { return float_plain(value) };
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{dot}{rest}e{}", point - 1)
}

/// A float without an exponent: `1`, `-0.1`, `10000000000000000`, `NaN`, `inf`.
pub fn float_plain(value: f64) -> String {
    let Some((sign, digits, point)) = decimal(value) else {
        return if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .to_owned();
    };
    let zeros = |count: i32| "0".repeat(count.max(0) as usize);
    let behind = digits.len() as i32 - point;
    if behind <= 0 {
        return format!("{sign}{digits}{}", zeros(-behind));
    }
    if point <= 0 {
        return format!("{sign}0.{}{digits}", zeros(-point));
    }
    let (whole, fraction) = digits.split_at(point as usize);
    format!("{sign}{whole}.{fraction}")
}

/// Sign and digits of a number, and how many of these are before its point; `None` if it is not finite.
fn decimal(value: f64) -> Option<(&'static str, String, i32)> {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let value = value.abs();
    if !value.is_finite() {
        return None;
    }
    let (digits, point) = few(value).unwrap_or_else(|| shortest(value));
    Some((sign, digits, point))
}

/// A number that is a whole number divided by a power of ten, where both are floats: then their quotient is the float
/// nearest to the decimal number. `None` if there is no such pair.
fn few(value: f64) -> Option<(String, i32)> {
    let mut power = 1.0;
    for behind in 0..=POWERS {
        let whole = (value * power).round();
        if whole >= WHOLE {
            return None;
        }
        // Neighbours in the last digit are further apart than floats, so there is no second such number.
        if whole / power == value {
            let digits = (whole as u64).to_string();
            let point = digits.len() as i32 - behind;
            return Some((digits, point));
        }
        power *= 10.0;
    }
    None
}

/// Digit by digit, until those that are left out make no difference.
fn shortest(value: f64) -> (String, i32) {
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
    let mantissa = if exponent == 0 { fraction } else { fraction | 1 << 52 };
    // The value is the mantissa times two to this; a quarter of the mantissa's last digit is two less.
    let power = exponent.max(1) - 1075 - 2;
    // A decimal number halfway to a neighbour is read as the float whose last bit is 0.
    let even = mantissa & 1 == 0;
    // Below a power of two, floats are only half as far apart.
    let below = if fraction == 0 && exponent > 1 { 1 } else { 2 };
    let scale = |number: u64| {
        let mut number = Natural::from(number);
        number.shift_left(power.max(0) as u32);
        number
    };
    // The value, and halves of the distances to its neighbours, over the denominator.
    let (mut value, mut down, mut up) = (scale(4 * mantissa), scale(below), scale(2));
    let mut denominator = Natural::from(1);
    denominator.shift_left((-power).max(0) as u32);
    let beyond = |ordering: Ordering| ordering.is_gt() || (even && ordering.is_eq());

    // From the binary logarithm, so it may be one too small.
    let length = 64 - i64::from((4 * mantissa).leading_zeros()) + i64::from(power);
    let mut point = (((length - 1) * 1233) >> 12) as i32;
    for _ in 0..point {
        denominator.multiply_add(10, 0);
    }
    for _ in point..0 {
        for number in [&mut value, &mut down, &mut up] {
            number.multiply_add(10, 0);
        }
    }
    let rest = |value: &Natural, denominator: &Natural| {
        let mut rest = denominator.clone();
        rest.subtract(value);
        rest
    };
    while value.cmp(&denominator).is_ge() || beyond(up.cmp(&rest(&value, &denominator))) {
        denominator.multiply_add(10, 0);
        point += 1;
    }

    let mut digits: Vec<u8> = Vec::new();
    loop {
        for number in [&mut value, &mut down, &mut up] {
            number.multiply_add(10, 0);
        }
        let mut digit = b'0';
        while value.cmp(&denominator).is_ge() {
            value.subtract(&denominator);
            digit += 1;
        }
        digits.push(digit);
        let left = rest(&value, &denominator);
        let (less, more) = (beyond(down.cmp(&value)), beyond(up.cmp(&left)));
        if !less && !more {
            continue;
        }
        // Of two that are as near, the even one, as in JavaScript.
        let nearer = value.cmp(&left);
        let is_up = nearer.is_gt() || (nearer.is_eq() && (digit - b'0') % 2 == 1);
        if more && (!less || is_up) {
            point += i32::from(count_up(&mut digits));
        }
        return (digits.into_iter().map(char::from).collect(), point);
    }
}

/// The next number of so many digits, without zeros at its end. Whether it has one more digit before the point.
fn count_up(digits: &mut Vec<u8>) -> bool {
    while let Some(last) = digits.pop() {
        if last < b'9' {
            digits.push(last + 1);
            return false;
        }
    }
    digits.push(b'1');
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(value: f64) {
        if value.is_finite() && value != 0.0 {
            let (digits, point) = shortest(value.abs());
            let exact = format!("{:e}", value.abs());
            let (mantissa, exponent) = exact.split_once('e').expect("an exponent");
            let standard = mantissa.replace('.', "");
            // Of two that are as near, the standard library writes the larger one.
            if digits.parse::<u64>().is_ok_and(|it| it % 2 == 0 && standard == (it + 1).to_string())
            {
                assert_eq!(float_text(value).parse(), Ok(value));
                return;
            }
            assert_eq!(digits, standard, "{value:e}");
            assert_eq!((point - 1).to_string(), exponent, "{value:e}");
        }
        assert_eq!(float_text(value), format!("{value:?}"));
        assert_eq!(float_plain(value), format!("{value}"));
    }

    #[test]
    fn of_two_that_are_as_near_the_even_one_is_written() {
        for (whole, fraction, text) in [
            (99_516_432_452_726.0, 0.625, "99516432452726.62"),
            (99_516_432_452_726.0, 0.375, "99516432452726.38"),
            (1_708_079_727_397_123.0, 0.25, "1708079727397123.2"),
            (1_708_079_727_397_123.0, 0.75, "1708079727397123.8"),
        ] {
            assert_eq!(float_plain(whole + fraction), text);
        }
    }

    #[test]
    fn hard_cases_are_written_as_by_the_standard_library() {
        for value in [
            0.0,
            1.0,
            10.0,
            0.1,
            0.3,
            1.5,
            123.456,
            99.95,
            1e15,
            1e16,
            1e17,
            1e21,
            1e22,
            1e23,
            1e-4,
            1e-5,
            9.999e-6,
            1e-7,
            1e-22,
            1e-23,
            5e-324,
            1e-323,
            9.5e-323,
            f64::MIN_POSITIVE,
            f64::MAX,
            2.225_073_858_507_201e-308,
            9007199254740992.0,
            9007199254740993.0,
            9007199254740994.0,
            2251799813685248.0,
            2251799813685247.9,
            4503599627370496.5,
            1.0 / 3.0,
            0.1 + 0.2,
            9.5367431640625e-7,
            1.1754943508222875e-38,
            8.41e21,
            2e22,
            4.4501477170144023e-308,
            1.7976931348623155e308,
            f64::EPSILON,
            999999999999999.9,
            0.999_999_999_999_999_9,
        ] {
            same(value);
            same(-value);
        }
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            same(value);
        }
        // Below powers of two the neighbours are unevenly far away.
        for exponent in 1..2047_u64 {
            let power = f64::from_bits(exponent << 52);
            for value in [power, power.next_down(), power.next_up()] {
                same(value);
            }
        }
        for exponent in -323..=308 {
            let power: f64 = format!("1e{exponent}").parse().expect("a power of ten");
            for value in [power, power.next_down(), power.next_up()] {
                same(value);
            }
        }
    }

    proptest! {
        #[test]
        fn every_float_is_written_as_by_the_standard_library(bits: u64) {
            same(f64::from_bits(bits));
        }

        #[test]
        fn floats_of_few_digits_are_written_as_by_the_standard_library(whole: i32, behind in 0..25) {
            same(f64::from(whole) / 10_f64.powi(behind));
            same(f64::from(whole) * 10_f64.powi(behind));
        }
    }
}
