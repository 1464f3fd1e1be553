//! The cheapest ways to read a word that another thread may set, and to write one that others read.

use super::{AtomicU32, record};

/// The word, read as by a relaxed load.
///
/// In the browser this is a plain `i32.load`, in assembly because Rust cannot express it. The only
/// atomic load there, `i32.atomic.load`, is sequentially consistent, and engines spend instructions on
/// checks of its bounds and alignment that a plain load does not need. In WebAssembly a plain load of
/// an aligned word yields one of the values that were stored, without tearing. That is all that
/// `Relaxed` promises besides coherence, and a poll is only a hint, after which a read-modify-write
/// reads the word again.
///
/// In a loop that neither writes nor calls anything, an engine could assume that the word does not
/// change. A worker that polls in such a loop executes nothing; an interpreter's loop writes and calls
/// at every turn.
#[inline(always)]
pub fn glance(word: &AtomicU32) -> u32 {
    #[cfg(all(target_arch = "wasm32", target_feature = "atomics", not(any(loom, shuttle))))]
    {
        let value: u32;
        // SAFETY: reads four aligned bytes that live as long as the borrow, and writes nothing. Not
        // `pure`, so that two calls are two loads, and a loop loads the word at every turn.
        unsafe {
            core::arch::asm!(
                "local.get {word}",
                "i32.load 0",
                "local.set {value}",
                word = in(local) word.as_ptr(),
                value = out(local) value,
                options(readonly, nostack, preserves_flags),
            );
        }
        value
    }
    #[cfg(any(not(all(target_arch = "wasm32", target_feature = "atomics")), loom, shuttle))]
    word.load(super::Ordering::Relaxed)
}

/// Reads a figure of 64 bits, as by a relaxed load.
///
/// In the browser this is a plain `i64.load`, in assembly because Rust cannot express it. An engine of 64 bits
/// reads eight aligned bytes at once, as `Relaxed` promises. One of 32 bits may read halves of two values.
#[inline(always)]
pub fn peek(figure: &record::AtomicU64) -> u64 {
    #[cfg(all(target_arch = "wasm32", target_feature = "atomics", not(any(loom, shuttle))))]
    {
        let value: u64;
        // SAFETY: reads eight aligned bytes that live as long as the borrow, and writes nothing.
        unsafe {
            core::arch::asm!(
                "local.get {figure}",
                "i64.load 0",
                "local.set {value}",
                figure = in(local) figure.as_ptr(),
                value = out(local) value,
                options(readonly, nostack, preserves_flags),
            );
        }
        value
    }
    #[cfg(any(not(all(target_arch = "wasm32", target_feature = "atomics")), loom, shuttle))]
    figure.load(super::Ordering::Relaxed)
}

/// Writes a figure of 64 bits, as by a relaxed store.
///
/// In the browser this is a plain `i64.store`, in assembly because Rust cannot express it. The only atomic
/// store there is sequentially consistent: an exchange, which costs more than a poll and waits until what was
/// stored before has left the processor. As with [`peek`], an engine of 32 bits may write two halves.
#[inline(always)]
pub fn put(figure: &record::AtomicU64, value: u64) {
    #[cfg(all(target_arch = "wasm32", target_feature = "atomics", not(any(loom, shuttle))))]
    // SAFETY: writes eight aligned bytes that live as long as the borrow.
    unsafe {
        core::arch::asm!(
            "local.get {figure}",
            "local.get {value}",
            "i64.store 0",
            figure = in(local) figure.as_ptr(),
            value = in(local) value,
            options(nostack, preserves_flags),
        );
    }
    #[cfg(any(not(all(target_arch = "wasm32", target_feature = "atomics")), loom, shuttle))]
    figure.store(value, super::Ordering::Relaxed);
}
