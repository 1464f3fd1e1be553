//! Sleeping on a word with `futex(2)`, on Linux and Android.

use super::AtomicU32;
use std::time::Duration;

/// Seconds and nanoseconds as `SYS_futex` reads them: words of the machine, also where the C library's
/// `timespec` has 64-bit seconds by now (musl on 32 bits), which is another call's.
#[repr(C)]
struct Timespec {
    tv_sec: Word,
    tv_nsec: Word,
}

/// The exceptions never had a 32-bit time: x32, and 32-bit RISC-V.
#[cfg(any(target_arch = "riscv32", all(target_arch = "x86_64", target_pointer_width = "32")))]
type Word = i64;
#[cfg(not(any(
    target_arch = "riscv32",
    all(target_arch = "x86_64", target_pointer_width = "32")
)))]
type Word = libc::c_long;

impl Timespec {
    /// What does not fit is as long as can be.
    fn of(duration: Duration) -> Self {
        let tv_sec = Word::try_from(duration.as_secs()).unwrap_or(Word::MAX);
        Self { tv_sec, tv_nsec: duration.subsec_nanos() as Word }
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
        // or points at a `timespec` of the kernel's that outlives the call. Every way the call can fail (the word is
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_two_words_of_the_kernel_and_at_most_the_longest() {
        let Timespec { tv_sec, tv_nsec } = Timespec::of(Duration::new(3, 999_999_999));
        assert_eq!((tv_sec, tv_nsec), (3, 999_999_999));
        assert_eq!(Timespec::of(Duration::MAX).tv_sec, Word::MAX);
        assert_eq!(size_of::<Timespec>(), 2 * size_of::<Word>());
    }
}
