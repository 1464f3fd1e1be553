//! Numbers and messages in words.

use bytecode::visible;

/// Microseconds: shorter times are given as less than this.
pub(super) const STEP: f64 = 0.1;

/// A result or message on one line, with any characters.
pub(super) fn message(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// A number of things.
pub(super) fn count(n: u64, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}
