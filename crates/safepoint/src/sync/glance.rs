//! The cheapest way to read a word that another thread may set.

use super::AtomicU32;

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
