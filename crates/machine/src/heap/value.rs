//! One value of a running program in 64 bits.
//!
//! Floats stand for themselves. Everything else lives in the space of negative NaNs that no
//! arithmetic produces, named by the upper 32 bits:
//!
//! | upper 32 bits | kind | lower 32 bits |
//! |---|---|---|
//! | `0000_0000 ..= FFFB_FFFF` | float | its lower half |
//! | `FFFC_0000` | reference | index of the object's header word in the heap |
//! | `FFFD_0000` | null, undefined | 0, 1 |
//! | `FFFE_0000` | bool | 0 or 1 |
//! | `FFFF_FFFF` | int | the number's two's complement |
//!
//! The integer's tag is all ones so that "both are integers" is one `and` and one comparison. The
//! NaNs that processors make themselves have `7FF8_0000` or `FFF8_0000` above and nothing below, so
//! they stay floats; NaNs from outside are made canonical where they come in ([`Value::float`]).
//! Nothing in a value is an address: a snapshot means the same natively and in a browser.

use std::fmt;

/// A 64-bit value; see the module's table.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Value(u64);

const REFERENCE: u64 = 0xFFFC_0000_0000_0000;
const INT: u64 = 0xFFFF_FFFF_0000_0000;
const CANONICAL_NAN: u64 = 0x7FF8_0000_0000_0000;

/// A value's kind, with its content.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A 64-bit float.
    Float(f64),
    /// Index of an object's header word.
    Reference(u32),
    /// Nothing.
    Null,
    /// What JavaScript has where nothing was written.
    Undefined,
    /// A truth value.
    Bool(bool),
    /// A 32-bit integer.
    Int(i32),
}

impl Value {
    /// Nothing.
    pub const NULL: Self = Self(0xFFFD_0000_0000_0000);
    /// What JavaScript has where nothing was written.
    pub const UNDEFINED: Self = Self(0xFFFD_0000_0000_0001);
    /// The truth value `false`.
    pub const FALSE: Self = Self(0xFFFE_0000_0000_0000);
    /// The truth value `true`.
    pub const TRUE: Self = Self(0xFFFE_0000_0000_0001);

    /// An integer.
    #[inline(always)]
    pub const fn int(value: i32) -> Self {
        Self(INT | value as u32 as u64)
    }

    /// A truth value.
    #[inline(always)]
    pub const fn bool(value: bool) -> Self {
        Self(Self::FALSE.0 | value as u64)
    }

    /// A float from anywhere; every NaN becomes the canonical one.
    pub fn float(value: f64) -> Self {
        if value.is_nan() { Self(CANONICAL_NAN) } else { Self(value.to_bits()) }
    }

    /// A float that arithmetic on values produced, whose NaNs are therefore no tags.
    #[inline(always)]
    pub(crate) fn computed(value: f64) -> Self {
        debug_assert!(value.to_bits() < REFERENCE, "a NaN with a payload: {:#x}", value.to_bits());
        Self(value.to_bits())
    }

    /// A reference to the object whose header is at that word.
    #[inline(always)]
    pub const fn reference(word: u32) -> Self {
        Self(REFERENCE | word as u64)
    }

    /// The bits as they lie in registers and in the heap.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// A value from bits that [`bits`](Self::bits) gave.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Whether both are integers.
    #[inline(always)]
    pub const fn both_int(self, other: Self) -> bool {
        self.0 & other.0 >= INT
    }

    /// Whether it is an integer.
    #[inline(always)]
    pub const fn is_int(self) -> bool {
        self.0 >= INT
    }

    /// Whether it is a float.
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        self.0 < REFERENCE
    }

    /// Whether it is a reference.
    #[inline(always)]
    pub const fn is_reference(self) -> bool {
        self.0 >> 32 == REFERENCE >> 32
    }

    /// The lower half as an integer; meaningful for integers only.
    #[inline(always)]
    pub const fn low_int(self) -> i32 {
        self.0 as u32 as i32
    }

    /// The bits as a float; meaningful for floats only.
    #[inline(always)]
    pub const fn as_float(self) -> f64 {
        f64::from_bits(self.0)
    }

    /// The lower half as a word index; meaningful for references only.
    #[inline(always)]
    pub const fn low_word(self) -> u32 {
        self.0 as u32
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match (self.0 >> 32) as u32 {
            0xFFFF_FFFF => Kind::Int(self.low_int()),
            0xFFFC_0000 => Kind::Reference(self.low_word()),
            0xFFFD_0000 if self == Self::NULL => Kind::Null,
            0xFFFD_0000 => Kind::Undefined,
            0xFFFE_0000 => Kind::Bool(self.0 & 1 == 1),
            _ => Kind::Float(self.as_float()),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_survives_the_box() {
        for int in [0, 1, -1, i32::MIN, i32::MAX] {
            assert_eq!(Value::int(int).kind(), Kind::Int(int));
            assert!(Value::int(int).is_int() && !Value::int(int).is_float());
        }
        for float in [0.0, -0.0, 1.5, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE] {
            assert_eq!(Value::float(float).kind(), Kind::Float(float));
            assert!(Value::float(float).is_float() && !Value::float(float).is_int());
        }
        assert_eq!(Value::NULL.kind(), Kind::Null);
        assert_eq!(Value::UNDEFINED.kind(), Kind::Undefined);
        assert_eq!(Value::TRUE.kind(), Kind::Bool(true));
        assert_eq!(Value::FALSE.kind(), Kind::Bool(false));
        assert_eq!(Value::reference(7).kind(), Kind::Reference(7));
        assert_eq!(Value::reference(u32::MAX).kind(), Kind::Reference(u32::MAX));
    }

    #[test]
    fn no_nan_is_taken_for_a_tag() {
        for bits in [u64::MAX, 0xFFFC_0000_0000_0001, 0x7FF0_0000_0000_0001, 0xFFF8_0000_0000_0000]
        {
            assert!(Value::float(f64::from_bits(bits)).is_float());
        }
        let made = std::hint::black_box(0.0f64) / std::hint::black_box(0.0f64);
        assert!(Value::computed(made).is_float() && Value::computed(-made).is_float());
    }

    #[test]
    fn both_int_wants_both() {
        let others = [Value::NULL, Value::TRUE, Value::reference(u32::MAX), Value::float(-1e300)];
        assert!(Value::int(-1).both_int(Value::int(0)));
        for other in others {
            assert!(!other.both_int(Value::int(-1)) && !Value::int(-1).both_int(other));
        }
    }
}
