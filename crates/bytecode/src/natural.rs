//! Natural numbers of any size, for the digits of floats.

use std::cmp::Ordering;

/// A natural number of any size: its digits to the base 2³², the lowest first, no zeros at the end.
#[derive(Default, Clone)]
pub(super) struct Natural(Vec<u32>);

impl Natural {
    pub(super) fn bits(&self) -> i64 {
        let highest = self.0.last().map_or(32, |highest| highest.leading_zeros());
        32 * self.0.len() as i64 - i64::from(highest)
    }

    pub(super) fn multiply_add(&mut self, factor: u32, summand: u32) {
        let mut carry = u64::from(summand);
        for digit in &mut self.0 {
            carry += u64::from(*digit) * u64::from(factor);
            *digit = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    pub(super) fn shift_left(&mut self, bits: u32) {
        self.multiply_add(1 << (bits % 32), 0);
        self.0.splice(0..0, (0..bits / 32).map(|_| 0));
    }

    pub(super) fn halve(&mut self) {
        let mut carry = 0;
        for digit in self.0.iter_mut().rev() {
            (*digit, carry) = (carry | *digit >> 1, *digit << 31);
        }
        self.trim();
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (at, digit) in self.0.iter_mut().enumerate() {
            let less = other.0.get(at).copied().unwrap_or(0);
            let (once, first) = digit.overflowing_sub(less);
            let (twice, second) = once.overflowing_sub(u32::from(borrow));
            (*digit, borrow) = (twice, first || second);
        }
        self.trim();
    }

    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

impl From<u64> for Natural {
    fn from(number: u64) -> Self {
        let mut natural = Self(vec![number as u32, (number >> 32) as u32]);
        natural.trim();
        natural
    }
}
