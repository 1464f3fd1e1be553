//! The stopped world while nobody lets it go: whoever asked for it, page, script or a worker at a
//! breakpoint, leaves it here.

use std::sync::{Mutex, MutexGuard};

use crate::safepoint::{CancelToken, StoppedWorld};
use crate::vm::{DebugSink, Halt};

use super::journal::lock;
use super::views::Operation;

/// Where the stopped world is held.
pub(super) struct Holder {
    slot: Mutex<Slot>,
    /// Carried by the requests of page and scripts.
    cancel: CancelToken,
}

/// What is held, and who waits for it.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) held: Option<Held>,
    /// Requests under way.
    waiting: u32,
    /// They were cancelled because the world is held here.
    interrupted: bool,
    closed: bool,
}

/// A pause that is in force until somebody resumes.
pub(super) struct Held {
    pub(super) world: StoppedWorld<'static>,
    pub(super) by: String,
    pub(super) outcome: Option<Operation>,
    pub(super) snapshot: Option<Vec<u8>>,
    /// The worker that stopped everybody, and why.
    pub(super) halt: Option<Halt>,
    /// Whether whoever ticks knows of it.
    pub(super) told: bool,
}

/// The world is not to be had.
pub(super) enum Failed<E> {
    /// The run was stopped.
    Closed,
    /// The request was not granted.
    Refused(E),
}

impl Holder {
    pub(super) fn new(cancel: CancelToken) -> Self {
        Self { slot: Mutex::default(), cancel }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Slot> {
        lock(&self.slot)
    }

    /// Nothing is held from now on; requests that are under way are taken back.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.cancel.cancel();
    }

    /// The held world; asks for one when none is held, and says whether that was so. A worker that
    /// stops everybody meanwhile comes first: then its world is taken, since whoever would let it go
    /// may be the one who waits here. `keep`: it stays held when the guard is gone, and those who wait
    /// are to work in it; else they keep their place in the queue.
    pub(super) fn hold<E>(
        &self,
        by: &str,
        keep: bool,
        ask: impl Fn() -> Result<StoppedWorld<'static>, E>,
    ) -> Result<(MutexGuard<'_, Slot>, bool), Failed<E>> {
        loop {
            let mut slot = self.lock();
            if slot.held.is_some() {
                return Ok((slot, false));
            }
            if slot.closed {
                return Err(Failed::Closed);
            }
            slot.waiting += 1;
            drop(slot);
            let asked = ask();
            let mut slot = self.lock();
            slot.waiting -= 1;
            let interrupted = slot.interrupted;
            if slot.waiting == 0 && interrupted && !slot.closed {
                slot.interrupted = false;
                self.cancel.reset();
            }
            match asked {
                _ if slot.closed => return Err(Failed::Closed),
                Ok(world) => {
                    let (outcome, snapshot, halt) = (None, None, None);
                    let held = Held { world, by: by.into(), outcome, snapshot, halt, told: true };
                    if keep {
                        self.keep(&mut slot, held);
                    } else {
                        slot.held = Some(held);
                    }
                    return Ok((slot, true));
                }
                Err(_) if interrupted => {}
                Err(refused) => return Err(Failed::Refused(refused)),
            }
        }
    }

    fn keep(&self, slot: &mut Slot, held: Held) {
        slot.held = Some(held);
        if slot.waiting > 0 {
            slot.interrupted = true;
            self.cancel.cancel();
        }
    }
}

impl DebugSink for Holder {
    fn halted(&self, world: StoppedWorld<'static>, halt: Halt) {
        let mut slot = self.lock();
        if slot.closed {
            return;
        }
        let by = format!("worker {}", halt.worker);
        let (outcome, snapshot) = (None, None);
        let held = Held { world, by, outcome, snapshot, halt: Some(halt), told: false };
        self.keep(&mut slot, held);
    }
}
