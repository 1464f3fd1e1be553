//! Who is late too often: the coordinator's test, over workers and over places by name.

use std::time::Duration;

use safepoint::{Bias, ENOUGH_PAUSES};

use super::views::{self, Arrival, Biased, Pause};

/// Places that are told apart.
const PLACES: usize = 4096;

/// Counts lateness over the pauses of a run.
#[derive(Default)]
pub(super) struct Lateness {
    workers: Bias,
    places: Bias,
    /// The places and their numbers, by the text.
    texts: Vec<(String, u64)>,
}

impl Lateness {
    /// Counts a pause that has stopped the world.
    pub(super) fn pause(&mut self, pause: &Pause) {
        let (mut workers, mut places) = (Vec::new(), Vec::new());
        // A record has the latest first.
        for arrival in pause.arrivals.iter().rev().filter(|arrival| !arrival.safe) {
            let after = Duration::from_nanos((arrival.after * 1e3) as u64);
            workers.push((Some(arrival.worker as u64), after));
            places.push((held_up(pause, arrival).and_then(|text| self.place(text)), after));
        }
        self.workers.pause(&workers);
        self.places.pause(&places);
    }

    /// The number of a place; `None` if there are too many.
    fn place(&mut self, text: String) -> Option<u64> {
        match self.texts.binary_search_by(|(known, _)| known.cmp(&text)) {
            Ok(known) => Some(self.texts[known].1),
            Err(_) if self.texts.len() == PLACES => None,
            Err(at) => {
                let number = self.texts.len() as u64;
                self.texts.insert(at, (text, number));
                Some(number)
            }
        }
    }

    /// The verdicts so far.
    pub(super) fn verdicts(&self) -> views::Bias {
        views::Bias {
            pauses: self.workers.pauses(),
            enough: ENOUGH_PAUSES,
            workers: biased(&self.workers, &|worker| format!("worker {worker}")),
            places: biased(&self.places, &|place| {
                let text = self.texts.iter().find(|(_, number)| *number == place);
                text.map(|(text, _)| text.clone()).unwrap_or_default()
            }),
        }
    }
}

fn biased(bias: &Bias, who: &dyn Fn(u64) -> String) -> Vec<Biased> {
    let mut biased: Vec<Biased> = Vec::new();
    for one in bias.report().into_iter().filter(|one| one.biased) {
        // The most often last first; there are few.
        let at = biased.iter().position(|other| other.last < one.last).unwrap_or(biased.len());
        biased.insert(at, Biased { who: who(one.who), last: one.last, expected: one.expected });
    }
    biased
}

/// Where a worker was held up, if that is known, and otherwise where it stopped. The worker that stopped the world stands
/// where it did that.
fn held_up(pause: &Pause, arrival: &Arrival) -> Option<String> {
    if let Some(halt) = pause.halt.as_ref().filter(|halt| halt.worker == arrival.worker) {
        return Some(match halt.line {
            Some(line) => format!("{}, line {line}", halt.function),
            None => format!("{}, instruction {}", halt.function, halt.instruction),
        });
    }
    let cause = pause.causes.iter().find(|cause| cause.worker == arrival.worker);
    let place = cause.and_then(|cause| cause.place.as_ref());
    place.or(arrival.site.as_ref()).map(|place| place.text.clone())
}

#[cfg(test)]
mod tests {
    use super::super::sentence::tests::{pause, site};
    use super::*;
    use crate::lab::views::{CauseKind, SiteKind};

    #[test]
    fn a_worker_and_a_place_that_are_always_last_are_named_once_there_are_enough_pauses() {
        let mut lateness = Lateness::default();
        let long = site(SiteKind::Bulk, "hog, line 15, acopy");
        let late = pause(&[90.0, 3.0, 2.0, 1.0, 0.0], Some((CauseKind::LongInstruction, long, "")));
        for _ in 1..ENOUGH_PAUSES {
            lateness.pause(&late);
        }
        assert!(lateness.verdicts().workers.is_empty() && lateness.verdicts().places.is_empty());
        lateness.pause(&late);
        let verdicts = lateness.verdicts();
        let (last, expected) = (ENOUGH_PAUSES, ENOUGH_PAUSES as f64 / 4.0);
        assert_eq!(verdicts.pauses, last);
        assert_eq!(verdicts.workers, [Biased { who: "worker 0".into(), last, expected }]);
        assert_eq!(verdicts.places, [Biased { who: "hog, line 15, acopy".into(), last, expected }]);
    }

    #[test]
    fn a_pause_that_awaited_one_worker_says_nothing() {
        let mut lateness = Lateness::default();
        lateness.pause(&pause(&[5.0, 0.0], None));
        assert_eq!(lateness.verdicts().pauses, 0);
    }
}
