//! Sleeping on a word with `futex(2)`.

use super::AtomicU32;
use std::time::Duration;

pub(super) struct Parking;

impl Parking {
    pub(super) fn new() -> Self {
        Self
    }

    pub(super) fn wait(&self, word: &AtomicU32, seen: u32, timeout: Option<Duration>) {
        let timeout = timeout.map(|timeout| libc::timespec {
            tv_sec: libc::time_t::try_from(timeout.as_secs()).unwrap_or(libc::time_t::MAX),
            tv_nsec: timeout.subsec_nanos() as libc::c_long,
        });
        let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: the word lives as long as the borrow, is four bytes and aligned; `timeout` is null
        // or points at a timespec that outlives the call. Every way the call can fail (the word is
        // another, a signal, the timeout) is one in which the caller looks again.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                word.as_ptr(),
                libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
                seen,
                timeout,
            );
        }
    }

    pub(super) fn wake_all(&self, word: &AtomicU32) {
        self.wake(word, i32::MAX.unsigned_abs());
    }

    pub(super) fn wake(&self, word: &AtomicU32, most: u32) {
        // SAFETY: only the word's address is used, and it is valid for the borrow.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                word.as_ptr(),
                libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
                i32::try_from(most).unwrap_or(i32::MAX),
            );
        }
    }
}
