//! A look at a word that another thread may set, as cheap as a look can be.

use super::AtomicU32;

/// The word as a relaxed load gives it.
///
/// In the browser a plain `i32.load`, written out because Rust has no name for it: `i32.atomic.load`
/// is the only atomic load there, sequentially consistent, and engines check its bounds and alignment
/// by instructions where a plain load needs none. WebAssembly gives a plain load of an aligned word
/// one of the values that were stored, without tearing, which is all that `Relaxed` promises besides
/// coherence; a poll is only ever a hint, after which the word is read again by a read-modify-write.
/// An engine could take the word for unchanged in a loop that neither writes nor calls anything. Who
/// polls in one executes nothing; an interpreter's loop does both at every turn.
#[inline(always)]
pub fn glance(word: &AtomicU32) -> u32 {
    #[cfg(all(target_arch = "wasm32", target_feature = "atomics", not(any(loom, shuttle))))]
    {
        let value: u32;
        // SAFETY: reads four aligned bytes that live as long as the borrow, writes nothing. Not
        // `pure`: two looks are two loads, and a loop looks again each time.
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
