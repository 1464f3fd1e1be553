//! Signals of a terminal or a process manager: the first one ends the run in good order, a second
//! one at once.

use std::io;
use std::sync::Arc;

use safepoint::sync::{AtomicBool, AtomicUsize, Ordering};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::Failure;

/// Shells add this to a signal's number: the exit code of a program that the signal ended.
const ENDED_BY: u8 = 128;

/// Listens for signals from its creation on.
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
            .map_err(|error| Failure::Other(format!("cannot listen for signals: {error}")))
    }

    fn listen() -> io::Result<Self> {
        let first = Arc::new(AtomicUsize::new(0));
        let came = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: only a second signal finds the flag set.
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
