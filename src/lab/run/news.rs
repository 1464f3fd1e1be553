//! What happened in a run since it was asked last.

use serde::Serialize;

use super::Run;
use crate::lab::views::{self, Reason};
use safepoint::sync::lock;

/// What was reported already.
#[derive(Default)]
pub(super) struct Told {
    output: u64,
    finished: bool,
}

/// The news since the last tick.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct News {
    /// Output since the last tick.
    pub output: String,
    /// Pauses of any requester that have finished since.
    pub pauses: Vec<views::Pause>,
    /// Set once for each time that a worker stopped the world for the debugger; that pause is in
    /// force.
    pub held: Option<views::Pause>,
    /// Handshakes that [`Run::handshake`] began and that are over, for each worker in their order.
    pub handshakes: Vec<views::Handshake>,
    /// Set once, when the program has ended.
    pub finished: Option<views::Finished>,
}

impl Run {
    /// Wakes timers, ends slices, publishes counts. Returns the news since the last call.
    pub fn tick(&self) -> Option<News> {
        let state = &self.state;
        let held = self.news_of_halt();
        let pauses = state.journal.take();
        let handshakes = state.journal.handshakes.take();
        let mut told = lock(&state.told);
        // Asked before the output is read: so the last news has all that was printed before the
        // end.
        let finished = if told.finished { None } else { self.finished() };
        told.finished |= finished.is_some();
        let chunk = state.machine.output_since(told.output);
        told.output = chunk.cursor;
        let quiet = chunk.text.is_empty()
            && pauses.is_empty()
            && handshakes.is_empty()
            && finished.is_none()
            && held.is_none();
        (!quiet).then_some(News { output: chunk.text, pauses, held, handshakes, finished })
    }

    /// The pause that a worker made for the debugger, once. Ticks the machine if no world is held.
    fn news_of_halt(&self) -> Option<views::Pause> {
        let mut holding = self.state.holder.lock();
        let Some(held) = holding.held.as_mut() else {
            drop(holding);
            self.state.machine.tick();
            return None;
        };
        if std::mem::replace(&mut held.told, true) {
            return None;
        }
        // The operation of a debugger's pause is never refused.
        self.operate(held, Reason::Debug).ok().map(|done| self.in_force(held, done))
    }
}
