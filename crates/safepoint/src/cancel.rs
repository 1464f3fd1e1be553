//! Cancelling requests from outside.

use super::{
    reason::Reason,
    shared::{Bells, Shared},
};
use crate::sync::{AtomicU32, Ordering};
use std::{fmt, sync::Arc};

/// Cancels the requests that carry it, from any thread, as long as the world has not stopped for them.
///
/// A cancelled token stays cancelled until [`CancelToken::reset`]: a later request that carries it is
/// answered with [`Cancelled`](super::PauseError::Cancelled) at once.
#[derive(Clone)]
pub struct CancelToken {
    flag: Arc<AtomicU32>,
    bells: Arc<Bells>,
}

impl CancelToken {
    pub(super) fn new(bells: &Arc<Bells>) -> Self {
        Self { flag: Arc::new(AtomicU32::new(0)), bells: Arc::clone(bells) }
    }

    /// Cancels. Never blocks and takes no lock, so a browser's main thread may call it.
    pub fn cancel(&self) {
        // Release, and the bells afterwards: a request reads a bell, then the flag, then sleeps unless
        // the bell has changed since it read it.
        self.flag.store(1, Ordering::Release);
        self.bells.ring();
    }

    /// Makes the token usable again, for requests that are made afterwards.
    pub fn reset(&self) {
        self.flag.store(0, Ordering::Release);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.flag.load(Ordering::Acquire) != 0
    }

    /// The memory addresses that [`CancelToken::cancel`] writes, for a browser's main thread that
    /// cannot call it. To cancel, store 1 at the first address; then add 1 at each of the other two and
    /// notify it. To reset the token, store 0 at the first. Valid as long as the token and its
    /// coordinator.
    #[cfg(not(any(loom, shuttle)))]
    pub fn addresses(&self) -> [usize; 3] {
        [
            self.flag.as_ptr().expose_provenance(),
            self.bells.turnstile.address(),
            self.bells.doorbell.address(),
        ]
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken").field("cancelled", &self.is_cancelled()).finish()
    }
}

/// The flags that one request watches to learn that it is cancelled.
pub(super) struct CancelWatch<'a> {
    token: Option<&'a CancelToken>,
    cancellations: &'a AtomicU32,
    /// The number of calls of `cancel_pending` before the request began.
    generation: u32,
}

impl<'a> CancelWatch<'a> {
    pub(super) fn new<R: Reason, D>(
        shared: &'a Shared<R, D>,
        token: Option<&'a CancelToken>,
    ) -> Self {
        let cancellations = &shared.cancellations;
        Self { token, cancellations, generation: cancellations.load(Ordering::Acquire) }
    }

    pub(super) fn cancelled(&self) -> bool {
        self.token.is_some_and(CancelToken::is_cancelled)
            || self.cancellations.load(Ordering::Acquire) != self.generation
    }
}
