//! What a terminal or a process manager asks for: the first signal ends the run in good order, a second one at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::Failure;

/// What shells add to a signal's number for the exit code of what it ended.
const ENDED_BY: u8 = 128;

/// Listens from when it is made.
pub(super) struct Signals {
    /// 0 for none.
    first: Arc<AtomicUsize>,
}

/// A signal that came.
#[derive(Clone, Copy)]
pub(super) struct Signal(u8);

impl Signals {
    pub(super) fn new() -> Result<Self, Failure> {
        Self::listen()
            .map_err(|error| Failure::Other(format!("signals cannot be listened to: {error}")))
    }

    fn listen() -> io::Result<Self> {
        let first = Arc::new(AtomicUsize::new(0));
        let came = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: only the second one finds the flag set.
            let code = i32::from(ENDED_BY) + signal;
            flag::register_conditional_shutdown(signal, code, Arc::clone(&came))?;
            flag::register(signal, Arc::clone(&came))?;
            flag::register_usize(signal, Arc::clone(&first), signal.unsigned_abs() as usize)?;
        }
        Ok(Self { first })
    }

    /// The first signal, once it has come.
    pub(super) fn came(&self) -> Option<Signal> {
        // Relaxed: nothing else is written by the handler.
        let number = u8::try_from(self.first.load(Ordering::Relaxed)).ok()?;
        (number > 0).then_some(Signal(number))
    }
}

impl Signal {
    pub(super) fn name(self) -> &'static str {
        if i32::from(self.0) == SIGINT { "SIGINT" } else { "SIGTERM" }
    }

    pub(super) fn code(self) -> u8 {
        ENDED_BY + self.0
    }
}
