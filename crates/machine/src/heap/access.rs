//! How a program reads and writes fields, elements and globals that other tasks may use meanwhile.
//!
//! A load is an Acquire, a store a Release: who follows a reference finds what the object was given before the
//! reference was stored. On x86 both are plain moves. In the browser every atomic access is sequentially consistent: a
//! load is checked in ways that a plain one is not, and a store is an exchange, which waits for what was stored before.
//! Where the engine has 64 bits, less is enough there:
//!
//! - **Loads are plain.** Eight aligned bytes are read at once. What is read through a reference is read after it, since
//!   its address depends on it, and every processor that browsers run on keeps that order.
//! - **Stores of what is no reference are plain**: they lead to nothing that would have to be visible before.
//!   References are stored atomically.
//!
//! An engine of 32 bits moves eight bytes in two halves, and half a float beside half a reference would be a reference
//! that the machine never made. There all accesses are atomic ([`allow_plain_accesses`] is not called).

use super::{Header, Value};
use safepoint::sync::{AtomicBool, AtomicU64, Ordering, peek, put};

/// Whether eight aligned bytes are read and written at once. Relaxed: set before there is a heap.
static PLAIN: AtomicBool = AtomicBool::new(false);

/// From now on new heaps use plain accesses where they can. Without effect natively.
///
/// # Safety
/// A plain load or store of eight aligned bytes never splits them: the engine that runs this module has 64 bits.
pub unsafe fn allow_plain_accesses() {
    PLAIN.store(true, Ordering::Relaxed);
}

/// The accesses of a heap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access {
    plain: bool,
}

impl Access {
    pub(super) fn new() -> Self {
        let can = cfg!(all(target_arch = "wasm32", target_feature = "atomics"));
        Self { plain: can && PLAIN.load(Ordering::Relaxed) }
    }

    /// Whether plain accesses are enough where they can be.
    pub(crate) fn is_plain(self) -> bool {
        self.plain
    }

    #[inline(always)]
    pub(crate) fn load(self, word: &AtomicU64) -> Value {
        Value::from_bits(if self.plain { peek(word) } else { word.load(Ordering::Acquire) })
    }

    #[inline(always)]
    pub(crate) fn store(self, word: &AtomicU64, value: Value) {
        if self.plain && !value.is_reference() {
            put(word, value.bits());
        } else {
            word.store(value.bits(), Ordering::Release);
        }
    }
}

/// The header of an object to which a reference was found: nobody changes it as long as there is one.
#[inline(always)]
pub(crate) fn header_at(word: &AtomicU64) -> Header {
    Header::from_bits(peek(word))
}
