//! How much processor time a thread has had, as the operating system counts it.

use std::time::Duration;

/// The processor clock of a thread, readable by any other.
#[derive(Debug, Clone, Copy)]
pub(super) struct ThreadClock {
    #[cfg(all(target_os = "linux", not(miri)))]
    id: libc::clockid_t,
}

#[cfg(all(target_os = "linux", not(miri)))]
impl ThreadClock {
    /// The clock of the calling thread.
    pub(super) fn of_this_thread() -> Option<Self> {
        let mut id = 0;
        // SAFETY: the thread that calls lives, and the pointer leads to a local.
        let failed = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &mut id) };
        (failed == 0).then_some(Self { id })
    }

    /// The thread's processor time; `None` when the thread is gone.
    pub(super) fn read(self) -> Option<Duration> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the pointer leads to a local; a clock that does not exist any more is refused.
        let failed = unsafe { libc::clock_gettime(self.id, &mut time) };
        let seconds = u64::try_from(time.tv_sec).ok()?;
        let nanos = u32::try_from(time.tv_nsec).ok()?;
        (failed == 0).then(|| Duration::new(seconds, nanos))
    }
}

#[cfg(not(all(target_os = "linux", not(miri))))]
impl ThreadClock {
    /// There is no such clock on this system.
    pub(super) fn of_this_thread() -> Option<Self> {
        None
    }

    /// There is no such clock on this system.
    pub(super) fn read(self) -> Option<Duration> {
        None
    }
}

#[cfg(all(test, target_os = "linux", not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_sleeps_has_no_processor() {
        let (send, clock) = std::sync::mpsc::channel();
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            send.send(ThreadClock::of_this_thread().expect("a clock")).expect("the test listens");
            let _ = stopped.recv();
        });
        let clock = clock.recv().expect("a thread");
        let own = ThreadClock::of_this_thread().expect("a clock");
        let (before, own_before) = (clock.read().expect("it lives"), own.read().expect("it lives"));
        // Until this thread has worked for a while.
        while own.read().expect("it lives") < own_before + Duration::from_millis(20) {}
        let ran = clock.read().expect("it lives") - before;
        assert!(ran < Duration::from_millis(10), "{ran:?} of a thread that sleeps");
        drop(stop);
        thread.join().expect("no panic");
    }
}
