//! Sleeping on a word with `futex(2)`, on Linux and Android.
//!
//! The call goes through the C library, which the standard library links already. This file declares the one function and
//! four numbers that it needs, so that the crate has no dependency.

use super::AtomicU32;
use std::ffi::{c_int, c_long};
use std::time::Duration;

unsafe extern "C" {
    /// syscall(2).
    fn syscall(number: c_long, ...) -> c_long;
}

/// The number of the system call, which differs between architectures. On those that are not named here, threads sleep on
/// a condition variable.
const FUTEX: c_long = if cfg!(target_arch = "x86_64") {
    202
} else if cfg!(any(target_arch = "x86", target_arch = "arm")) {
    240
} else {
    98
};

const WAIT: c_int = 0;
const WAKE: c_int = 1;
/// Only this process uses the word.
const PRIVATE: c_int = 128;

/// Seconds and nanoseconds as this call reads them: machine words. The C library's `timespec` may have
/// 64-bit seconds on a 32-bit machine (musl), but that is for another system call.
#[repr(C)]
struct Timespec {
    tv_sec: c_long,
    tv_nsec: c_long,
}

impl Timespec {
    /// A duration that does not fit becomes the longest that does.
    fn of(duration: Duration) -> Self {
        let tv_sec = c_long::try_from(duration.as_secs()).unwrap_or(c_long::MAX);
        Self { tv_sec, tv_nsec: duration.subsec_nanos() as c_long }
    }
}

pub(super) struct Parking;

impl Parking {
    pub(super) fn new() -> Self {
        Self
    }

    pub(super) fn wait(&self, word: &AtomicU32, seen: u32, timeout: Option<Duration>) {
        let timeout = timeout.map(Timespec::of);
        let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: the word lives as long as the borrow, is four bytes and aligned; `timeout` is null
        // or points at a kernel `timespec` that outlives the call. If the call fails (the word is not `seen`, a signal,
        // the timeout), the caller checks its condition again.
        unsafe {
            syscall(FUTEX, word.as_ptr(), WAIT | PRIVATE, seen, timeout);
        }
    }

    pub(super) fn wake_all(&self, word: &AtomicU32) {
        self.wake(word, i32::MAX.unsigned_abs());
    }

    pub(super) fn wake(&self, word: &AtomicU32, most: u32) {
        // SAFETY: only the word's address is used, and it is valid for the borrow.
        unsafe {
            syscall(FUTEX, word.as_ptr(), WAKE | PRIVATE, i32::try_from(most).unwrap_or(i32::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_two_machine_words_and_at_most_the_longest() {
        let Timespec { tv_sec, tv_nsec } = Timespec::of(Duration::new(3, 999_999_999));
        assert_eq!((tv_sec, tv_nsec), (3, 999_999_999));
        assert_eq!(Timespec::of(Duration::MAX).tv_sec, c_long::MAX);
        assert_eq!(size_of::<Timespec>(), 2 * size_of::<c_long>());
    }
}
