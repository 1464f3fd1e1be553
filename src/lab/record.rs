//! A pause's record, made of what coordinator and workers told.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::safepoint::{Arrival, PauseReport};

use super::journal::{Begun, Journal, reason, us};
use super::lanes::{Arrived, Lane, Stands};
use super::recorder::micros;
use super::sentence::sentence;
use super::views::{self, CauseKind, Ended, Operation, Standing};

impl Journal {
    /// The record of a pause, whole unless it is in force.
    pub(super) fn pause(
        &self,
        report: &PauseReport,
        begun: Option<&Begun>,
        by: &str,
        outcome: Option<Operation>,
        halt: Option<views::Halt>,
        in_force: bool,
    ) -> views::Pause {
        let report = report.whole();
        let over = |duration: Duration| (!in_force).then(|| us(duration));
        let mut arrivals: Vec<&Arrival> = report.arrivals.iter().collect();
        arrivals.sort_by_key(|arrival| std::cmp::Reverse((!arrival.was_safe, arrival.after)));
        let mut pause = views::Pause {
            id: report.id.number() as u32,
            reason: reason(report.reason),
            by: begun.map_or(by, |begun| &begun.by).into(),
            at: micros(report.requested_at),
            ended: Ended::Completed,
            queue: us(report.queue_wait),
            ttsp: us(report.ttsp),
            noticing: Some(us(report.noticing)),
            operation: over(report.operation),
            held: over(report.held),
            release: over(report.release),
            resuming: None,
            total: over(report.total),
            parts: begun.map(|begun| begun.parts.clone()).unwrap_or_default(),
            served: report.served.into(),
            served_for: us(report.served_for),
            wasted: us(report.wasted),
            stragglers: arrivals
                .iter()
                .find(|arrival| Some(arrival.worker) == report.straggler)
                .map(|arrival| views::Straggler {
                    worker: self.lane(arrival.worker),
                    site: arrival.cause.or(arrival.location).map(|at| self.places.site(at)),
                    waited: us(arrival.after),
                    dead: report.dead.contains(&arrival.worker),
                })
                .into_iter()
                .collect(),
            arrivals: arrivals
                .iter()
                .map(|arrival| {
                    let worker = self.lane(arrival.worker);
                    views::Arrival {
                        worker,
                        after: us(arrival.after),
                        safe: arrival.was_safe,
                        standing: standing(begun, &report, arrival, worker),
                        site: arrival.location.map(|at| self.places.site(at)),
                        instructions: arrival.progress,
                        since_poll: arrival.since_poll,
                    }
                })
                .collect(),
            causes: Vec::new(),
            outcome: begun.and_then(|begun| begun.outcome.clone()).or(outcome),
            halt,
            sentence: String::new(),
        };
        pause.sentence = sentence(&pause, &self.conditions);
        if let Some(halt) = &pause.halt {
            pause.sentence = format!("{} {}", halt.text, pause.sentence);
        }
        pause
    }

    /// A request that was given up at `at`: who had stopped by then.
    pub(super) fn record_given_up(
        &self,
        begun: &Begun,
        at: Timestamp,
        ended: Ended,
    ) -> views::Pause {
        let now = self.lanes.all();
        let waited = at.since(begun.armed_at);
        let queue = begun.armed_at.since(begun.requested_at);
        let mut arrivals = Vec::new();
        let mut wasted = Duration::ZERO;
        for (worker, (then, now)) in begun.lanes.iter().zip(&now).enumerate() {
            let arrived = now.arrived.filter(|arrived| arrived.pause == begun.id);
            let standing = match arrived {
                Some(_) => Standing::Awaited,
                None if matches!(then.stands, Stands::Runs | Stands::Away) => continue,
                None => then.stands.standing(begun.reason, begun.asked == Some(worker)),
            };
            let after = arrived.map_or(Duration::ZERO, |it| it.at.since(begun.armed_at));
            if arrived.is_some() {
                wasted += waited.saturating_sub(after);
            }
            arrivals.push(views::Arrival {
                worker,
                after: us(after),
                safe: arrived.is_none(),
                standing,
                site: arrived.and_then(|it| it.location).map(|at| self.places.site(at)),
                instructions: arrived.map_or(0, |it| it.progress),
                since_poll: None,
            });
        }
        arrivals.sort_by(|a, b| b.after.total_cmp(&a.after));
        views::Pause {
            id: begun.id as u32,
            reason: reason(begun.reason),
            by: begun.by.clone(),
            at: micros(begun.requested_at),
            ended,
            queue: us(queue),
            ttsp: us(waited),
            noticing: None,
            operation: None,
            held: None,
            release: None,
            resuming: None,
            total: Some(us(queue + waited)),
            parts: Vec::new(),
            served: 0,
            served_for: 0.0,
            wasted: us(wasted),
            stragglers: Vec::new(),
            arrivals,
            causes: Vec::new(),
            outcome: None,
            halt: None,
            sentence: String::new(),
        }
    }

    /// Whom a request waits for.
    pub(super) fn record_awaiting(&self, begun: &Begun, now: Timestamp) -> views::Awaiting {
        let lanes = self.lanes.all();
        let late = |(worker, (then, now)): (usize, (&Lane, &Lane))| {
            let came = |arrived: Arrived| arrived.pause == begun.id;
            (then.stands == Stands::Runs && !now.arrived.is_some_and(came)).then_some(worker)
        };
        let waited = us(now.since(begun.armed_at));
        let workers = begun.lanes.iter().zip(&lanes).enumerate().filter_map(late);
        views::Awaiting {
            reason: reason(begun.reason),
            by: begun.by.clone(),
            since: micros(begun.armed_at),
            workers: workers
                .map(|worker| views::Awaited {
                    worker,
                    waited,
                    kind: CauseKind::Unknown,
                    place: None,
                    line: None,
                    evidence: String::new(),
                })
                .collect(),
        }
    }
}

fn standing(
    begun: Option<&Begun>,
    report: &PauseReport,
    arrival: &Arrival,
    worker: usize,
) -> Standing {
    if report.dead.contains(&arrival.worker) {
        return Standing::Died;
    }
    if !arrival.was_safe {
        return Standing::Awaited;
    }
    let stands = begun.and_then(|begun| begun.lanes.get(worker)).map(|lane| lane.stands);
    let asked = begun.and_then(|begun| begun.asked) == Some(worker);
    stands.unwrap_or_default().standing(report.reason, asked)
}
