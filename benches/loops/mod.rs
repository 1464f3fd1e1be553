//! The loops whose turns are timed: by Criterion natively, by `npm run bench` in the browser, which
//! compiles this file into the engine (feature `measurements`).
//!
//! A loop has only the look and its branch, so that no other code hides a difference.

use std::{
    hint::{self, black_box},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    time::Duration,
};

use safepoint::{Config, ParkedWorker, SafepointCoordinator, StopReason, Worker};

/// What a loop reads in each of its turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A word, by a plain load.
    Plain,
    /// A word, by a relaxed atomic load. Natively the same instruction as [`Look::Plain`], in
    /// WebAssembly one that is sequentially consistent.
    Relaxed,
    /// Three flags, one for each reason, by acquire loads. The word replaces these.
    ThreeFlags,
    /// `Worker::poll`.
    Poll,
    /// `PollWord::is_armed` of a word that is kept in a local, as the interpreter does.
    PollWord,
}

impl Look {
    /// All of them. The first one is what the others are compared with.
    pub const ALL: [Self; 5] =
        [Self::Plain, Self::Relaxed, Self::ThreeFlags, Self::Poll, Self::PollWord];

    /// Its name in a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "a bare load and branch",
            Self::Relaxed => "a relaxed atomic load and branch",
            Self::ThreeFlags => "three flags, one for each reason, by acquire loads",
            Self::Poll => "Worker::poll",
            Self::PollWord => "PollWord::is_armed, kept in a local",
        }
    }
}

/// The words that the loops read. No other thread writes to them, and they never request a stop.
pub struct Looked {
    word: AtomicU32,
    flags: [AtomicBool; 3],
    worker: Worker,
}

impl Default for Looked {
    /// With a worker of a new coordinator.
    fn default() -> Self {
        Self {
            word: AtomicU32::new(0),
            flags: [const { AtomicBool::new(false) }; 3],
            worker: SafepointCoordinator::new().register_worker(),
        }
    }
}

impl Looked {
    /// Runs the loop for `times` turns.
    pub fn turn(&self, look: Look, times: u32) {
        // Opaque once for each loop, not in it: that would cost more than what is timed.
        let this = black_box(self);
        match look {
            Look::Plain => plain(&this.word, times),
            Look::Relaxed => relaxed(&this.word, times),
            Look::ThreeFlags => three_flags(&this.flags, times),
            Look::Poll => poll(&this.worker, times),
            Look::PollWord => poll_word(&this.worker, times),
        }
    }
}

#[inline(never)]
#[cfg_attr(target_arch = "wasm32", optimize(speed))]
fn plain(word: &AtomicU32, times: u32) {
    for _ in 0..times {
        // SAFETY: aligned, alive, and no thread writes to it. Volatile, so that the compiler keeps
        // one load per turn.
        if unsafe { word.as_ptr().read_volatile() } & 7 != 0 {
            cold();
        }
    }
}

#[inline(never)]
#[cfg_attr(target_arch = "wasm32", optimize(speed))]
fn relaxed(word: &AtomicU32, times: u32) {
    for _ in 0..times {
        if word.load(Ordering::Relaxed) & 7 != 0 {
            cold();
        }
    }
}

#[inline(never)]
#[cfg_attr(target_arch = "wasm32", optimize(speed))]
fn three_flags([gc, snapshot, debug]: &[AtomicBool; 3], times: u32) {
    for _ in 0..times {
        if gc.load(Ordering::Acquire)
            || snapshot.load(Ordering::Acquire)
            || debug.load(Ordering::Acquire)
        {
            cold();
        }
    }
}

#[inline(never)]
#[cfg_attr(target_arch = "wasm32", optimize(speed))]
fn poll(worker: &Worker, times: u32) {
    for _ in 0..times {
        worker.poll();
    }
}

#[inline(never)]
#[cfg_attr(target_arch = "wasm32", optimize(speed))]
fn poll_word(worker: &Worker, times: u32) {
    let word = worker.poll_word();
    for _ in 0..times {
        if word.is_armed() {
            cold();
        }
    }
}

#[cold]
#[inline(never)]
fn cold() {
    hint::black_box(());
}

/// So many workers, all of them in safe regions: a pause waits for no worker and wakes none. Only
/// arming, checking every slot and disarming are left.
pub struct Parked {
    coordinator: SafepointCoordinator,
    _workers: Vec<ParkedWorker>,
}

impl Parked {
    /// The numbers of slots that are measured.
    pub const SLOTS: [u32; 5] = [1, 8, 32, 128, 512];

    /// Registers the workers.
    pub fn new(slots: u32) -> Self {
        let config = Config { min_running_interval: Duration::ZERO, ..Config::default() };
        let coordinator = SafepointCoordinator::with_config(config);
        let workers = (0..slots).map(|_| coordinator.register_parked()).collect();
        Self { coordinator, _workers: workers }
    }

    /// One whole pause.
    pub fn pause(&self) {
        let stopped = self.coordinator.request_stw_pause(StopReason::GarbageCollection);
        stopped.expect("nothing cancels this").resume_from_pause();
    }
}
