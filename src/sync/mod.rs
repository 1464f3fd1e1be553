//! The only door to atomics and parking.
//!
//! Everything that takes part in a protocol between threads comes from here, so that the same code
//! runs on std, in the browser, and under the model checker (`--cfg loom`) or the random scheduler
//! (`--cfg shuttle`):
//!
//! | what | std | loom, shuttle | browser |
//! |---|---|---|---|
//! | [`AtomicU32`], [`AtomicU64`], [`Mutex`] | `std::sync` | their own | `std::sync` |
//! | [`Futex`] | `futex(2)` on Linux and Android, elsewhere a mutex and a condition variable | their own mutex and condition variable | `memory.atomic.wait32` and `notify` |
//! | [`glance`] | a relaxed load | a relaxed load | a plain load |
//! | [`Tally`] | a relaxed load and store | | a plain load and store |
//! | [`record`] | `std::sync` | `std::sync` | `std::sync` |
//!
//! In the browser the page's main thread must never block: of this module it may use atomics and the
//! waking half of [`Futex`], not [`Futex::wait`] nor a contended [`Mutex`].

mod futex;
mod glance;
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), not(any(loom, shuttle))),
    path = "park_linux.rs"
)]
#[cfg_attr(all(target_arch = "wasm32", not(any(loom, shuttle))), path = "park_wasm.rs")]
#[cfg_attr(
    any(
        loom,
        shuttle,
        not(any(target_os = "linux", target_os = "android", target_arch = "wasm32"))
    ),
    path = "park_condvar.rs"
)]
mod park;
#[cfg_attr(any(loom, shuttle), allow(dead_code, reason = "only its model uses it"))]
mod pool;
#[cfg_attr(any(loom, shuttle), allow(dead_code, reason = "only its model uses it"))]
mod sleepers;
#[cfg(not(any(loom, shuttle)))]
mod tally;
#[cfg(not(any(loom, shuttle)))]
mod thread_clock;

pub(crate) use futex::Futex;
pub(crate) use glance::glance;
#[cfg(not(any(loom, shuttle)))]
pub(crate) use pool::WorkPool;
#[cfg(not(any(loom, shuttle)))]
pub(crate) use sleepers::{Announced, NEVER, Sleepers};
pub(crate) use std::sync::atomic::Ordering;
#[cfg(not(any(loom, shuttle)))]
pub(crate) use tally::Tally;
#[cfg(not(any(loom, shuttle)))]
pub(crate) use thread_clock::ThreadClock;

#[cfg(loom)]
pub(crate) use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicU32, AtomicU64, fence},
};
#[cfg(shuttle)]
pub(crate) use shuttle::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicU32, AtomicU64, fence},
};
#[cfg(not(any(
    loom,
    shuttle,
    target_os = "linux",
    target_os = "android",
    target_arch = "wasm32"
)))]
pub(crate) use std::sync::Condvar;
#[cfg(not(any(loom, shuttle)))]
pub(crate) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU32, AtomicU64, fence},
};

/// Atomics and a lock for figures: times, counts, last known places.
///
/// Never part of a decision, so a model checker need not explore them; what makes a record visible is
/// always another, modelled access that its user names.
pub(crate) mod record {
    pub(crate) use std::sync::Mutex;
    #[cfg(not(any(loom, shuttle)))]
    pub(crate) use std::sync::atomic::fence;
    pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64};
}

/// Locks `mutex`, also when a thread panicked while holding it.
///
/// No critical section of this crate calls foreign code, so what a lock protects is whole even then.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
