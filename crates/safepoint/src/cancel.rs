//! Cancelling requests from outside.

use super::{
    reason::Reason,
    shared::{Bells, Shared},
};
use crate::sync::{AtomicU32, Ordering};
use std::{fmt, sync::Arc};

/// Cancels the requests that carry it, from any thread, as long as the world has not stopped for them.
///
/// Once cancelled it stays so: a request that carries it answers
/// [`Cancelled`](super::PauseError::Cancelled) at once.
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
        // Release, and the bells after: a request reads a bell, then the flag, then sleeps on the
        // bell as it read it.
        self.flag.store(1, Ordering::Release);
        self.bells.ring();
    }

    /// Makes the token fit for requests that are made afterwards.
    pub fn reset(&self) {
        self.flag.store(0, Ordering::Release);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.flag.load(Ordering::Acquire) != 0
    }

    /// Where cancelling happens in memory, for a browser's main thread that has no way to call
    /// [`CancelToken::cancel`]: store 1 at the first address, then add 1 at and notify each other.
    /// Storing 0 at the first makes the token fit for requests that are made afterwards. Valid as
    /// long as the token and its coordinator.
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

/// What one request watches to learn that it is cancelled.
pub(super) struct CancelWatch<'a> {
    token: Option<&'a CancelToken>,
    cancellations: &'a AtomicU32,
    /// How often everything pending had been cancelled when the request began.
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
