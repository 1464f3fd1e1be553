//! Atomics, locks and parking.
//!
//! All code that takes part in a protocol between threads takes them from here only. So the same code
//! runs on std, in the browser, and under the model checker (`--cfg loom`) or the random scheduler
//! (`--cfg shuttle`):
//!
//! | what | std | loom, shuttle | browser |
//! |---|---|---|---|
//! | atomics, [`Mutex`] | `std::sync` | their own | `std::sync` |
//! | [`Futex`] | `futex(2)` on the usual Linux and Android, elsewhere a mutex and a condition variable | their own mutex and condition variable | `memory.atomic.wait32` and `notify` |
//! | [`glance()`], [`peek()`], [`put()`] | relaxed loads, a relaxed store | the same | plain loads, a plain store |
//! | [`record`] | `std::sync` | `std::sync` | `std::sync` |
//!
//! In the browser the page's main thread must never block. Of this module it may use atomics and the
//! waking half of [`Futex`], but neither [`Futex::wait`] nor a contended [`Mutex`].

mod futex;
mod glance;
// One of four files: the conditions exclude each other.
#[cfg_attr(any(loom, shuttle), path = "park_condvar.rs")]
#[cfg_attr(
    all(target_arch = "wasm32", target_feature = "atomics", not(any(loom, shuttle))),
    path = "park_wasm.rs"
)]
#[cfg_attr(
    all(target_arch = "wasm32", not(target_feature = "atomics"), not(any(loom, shuttle))),
    path = "park_alone.rs"
)]
#[cfg_attr(
    all(
        any(target_os = "linux", target_os = "android"),
        any(
            all(target_arch = "x86_64", target_pointer_width = "64"),
            target_arch = "x86",
            target_arch = "arm",
            target_arch = "aarch64",
            target_arch = "riscv64",
            target_arch = "loongarch64",
        ),
        not(any(loom, shuttle))
    ),
    path = "park_linux.rs"
)]
#[cfg_attr(
    not(any(
        loom,
        shuttle,
        target_arch = "wasm32",
        all(
            any(target_os = "linux", target_os = "android"),
            any(
                all(target_arch = "x86_64", target_pointer_width = "64"),
                target_arch = "x86",
                target_arch = "arm",
                target_arch = "aarch64",
                target_arch = "riscv64",
                target_arch = "loongarch64",
            )
        )
    )),
    path = "park_condvar.rs"
)]
mod park;
mod pool;
mod sleepers;

pub use futex::Futex;
pub use glance::{glance, peek, put};
pub use pool::WorkPool;
pub use sleepers::{Announced, NEVER, Sleepers};
pub use std::sync::atomic::Ordering;

#[cfg(loom)]
pub use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, fence},
};
#[cfg(shuttle)]
pub use shuttle::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, fence},
};
#[cfg(not(any(loom, shuttle)))]
pub use std::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, fence},
};

/// Atomics and a lock for records: times, counts, last known places.
///
/// The protocol never decides by them, so a model checker need not explore them. A record becomes
/// visible by another, modelled access, which the code that uses it names.
pub mod record {
    #[cfg(not(any(loom, shuttle)))]
    pub use std::sync::atomic::fence;
    pub use std::sync::atomic::{AtomicU32, AtomicU64};
    pub use std::sync::{Mutex, MutexGuard};

    /// As [`lock`](super::lock).
    pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Locks `mutex`, even if a thread panicked while it held it.
///
/// No critical section of this crate calls foreign code, so the protected data are consistent even
/// then.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
