//! Why a worker delays a stop: what is known of a worker that has not stopped yet.

use std::time::Duration;

use machine::vm::Since;
use machine::vm::{Location, LocationKind};
use safepoint::clock::Timestamp;

use super::causes::{Known, LATE_AT_LEAST, Proof, grouped};
use super::journal::us;
use super::sentence::{Conditions, duration};
use super::views::CauseKind;

/// What is known of a worker that has not stopped yet.
#[derive(Debug, Clone)]
pub(super) struct Noted {
    /// From arming until now.
    pub(super) late: Duration,
    /// Its last note.
    pub(super) location: Option<Location>,
    /// Whether there is a call at that place.
    pub(super) is_call: bool,
    /// Instructions that it has published since it was asked to stop. Between polls, only turns of
    /// loops publish.
    pub(super) executed: u64,
    /// As [`Known::ran`].
    pub(super) ran: Option<Duration>,
    pub(super) clocked: bool,
    pub(super) running: usize,
    /// Where it last stopped; it has run since.
    pub(super) last_stop: Option<String>,
}

impl Noted {
    /// The cause, as far as known by now.
    pub(super) fn cause(&self, conditions: &Conditions) -> Proof {
        let say = |time: Duration| duration(us(time), conditions.clock_step);
        let kind = self.location.map(|location| location.kind);
        let proof = |kind, evidence| Proof { kind, place: self.location, evidence };
        if kind == Some(LocationKind::Blocked) {
            return proof(
                CauseKind::Blocked,
                format!("blocked there, not back after {}", say(self.late)),
            );
        }
        let known = Known {
            armed_at: Timestamp::default(),
            late: self.late,
            died: false,
            hidden: Duration::ZERO,
            since: Since::default(),
            stopped: None,
            ran: self.ran,
            clocked: self.clocked,
            average: None,
            running: self.running,
            bounds: &[],
        };
        // Where it is now, if its note is not older than the request.
        let place = self.location.filter(|at| match at.kind {
            LocationKind::Bulk => true,
            LocationKind::Unpolled => self.executed > 0,
            _ => false,
        });
        let mut missing = String::new();
        if let Some(evidence) = known.without_processor(None, conditions) {
            // Work without a poll is the cause as soon as its processor time alone makes the worker
            // late, because it may go on for long. The lack of a processor is then named beside it.
            if place.is_none() || self.ran.is_none_or(|ran| us(ran) < LATE_AT_LEAST) {
                return Proof { kind: CauseKind::NoProcessor, place, evidence };
            }
            missing = format!("; {evidence}");
        }
        match place.and(kind) {
            Some(LocationKind::Bulk) => proof(
                CauseKind::LongInstruction,
                format!("at work there, after {}{missing}", say(self.late)),
            ),
            Some(LocationKind::Unpolled) => {
                let kind = if self.is_call {
                    CauseKind::UnpolledRecursion
                } else {
                    CauseKind::UnpolledLoop
                };
                let executed = grouped(self.executed);
                let evidence =
                    format!("{executed} instructions since it was asked to stop{missing}");
                proof(kind, evidence)
            }
            _ => {
                let last = match &self.last_stop {
                    Some(place) => format!("; it last stopped at {place}, and has run since"),
                    None => String::new(),
                };
                let evidence = format!("it has reported nothing since it was asked to stop{last}");
                Proof { kind: CauseKind::Unknown, place: None, evidence }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONDITIONS: Conditions = Conditions { cores: Some(2), clock_step: 0.1 };
    const LATE: Duration = Duration::from_millis(4);

    fn place(kind: LocationKind) -> Location {
        Location { task: 1, function: 0, instruction: 3, kind }
    }

    #[test]
    fn the_place_of_a_worker_is_named_only_if_it_is_proved() {
        let noted = |kind: Option<LocationKind>, executed| Noted {
            late: LATE,
            location: kind.map(place),
            is_call: false,
            executed,
            ran: Some(LATE),
            clocked: true,
            running: 4,
            last_stop: Some("innocent, line 4, call".into()),
        };
        let of = |kind, executed| noted(kind, executed).cause(&CONDITIONS);
        assert_eq!(of(Some(LocationKind::Unpolled), 9).kind, CauseKind::UnpolledLoop);
        // The note may be older than the request.
        let old = of(Some(LocationKind::Unpolled), 0);
        assert_eq!((old.kind, old.place), (CauseKind::Unknown, None));
        assert!(
            old.evidence.ends_with("it last stopped at innocent, line 4, call, and has run since")
        );
        assert_eq!(of(Some(LocationKind::Bulk), 0).kind, CauseKind::LongInstruction);
        assert_eq!(of(Some(LocationKind::Blocked), 0).kind, CauseKind::Blocked);
        let waits = |ran: Duration, kind| Noted { ran: Some(ran), ..noted(kind, 9) };
        let unpolled = Some(LocationKind::Unpolled);
        let short = waits(Duration::from_micros(150), unpolled).cause(&CONDITIONS);
        assert_eq!(short.kind, CauseKind::NoProcessor);
        // Its processor time alone makes it late; that it had little is named, too.
        let both = waits(LATE / 9, unpolled).cause(&CONDITIONS);
        assert_eq!(both.kind, CauseKind::UnpolledLoop);
        assert!(both.evidence.contains("it ran for 444 µs of 4.00 ms"), "{}", both.evidence);
        let nowhere = waits(LATE / 9, None).cause(&CONDITIONS);
        assert_eq!((nowhere.kind, nowhere.place), (CauseKind::NoProcessor, None));
    }
}
