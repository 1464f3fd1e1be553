//! How long handshakes took, and those of which the page has not heard.

use std::time::Duration;

use super::journal::us;
use super::views;
use safepoint::sync::{Mutex, lock};
use safepoint::{DurationSummary, Durations};

#[derive(Default)]
pub(super) struct Handshakes(Mutex<Over>);

#[derive(Default)]
struct Over {
    took: Durations,
    /// Those of the page that have not been told yet.
    asked: Vec<views::Handshake>,
}

impl Handshakes {
    /// One is over. `asked`: the worker, if the page is to be told.
    pub(super) fn over(&self, asked: Option<usize>, took: Duration) {
        let mut over = lock(&self.0);
        over.took.record(took);
        over.asked.extend(asked.map(|worker| views::Handshake { worker, took: us(took) }));
    }

    /// Those of the page that are over since the last call.
    pub(super) fn take(&self) -> Vec<views::Handshake> {
        std::mem::take(&mut lock(&self.0).asked)
    }

    /// How long all of them took.
    pub(super) fn times(&self) -> DurationSummary {
        lock(&self.0).took.summary()
    }
}
