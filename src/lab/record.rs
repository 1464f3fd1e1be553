//! A pause's record, made from reports of coordinator and workers.

use std::time::Duration;

use machine::vm::Location;
use safepoint::clock::{self, Timestamp};
use safepoint::{Arrival, PauseReport, Place, Straggler, WorkerState, WorkerStatus};

use super::begun::Begun;
use super::causes::{Known, Proof, late};
use super::journal::{Journal, us};
use super::noted::Noted;
use super::recorder::micros;
use super::sentence::sentence;
use super::views::{self, Ended, Operation, Standing};

impl Journal {
    /// The record of a pause; complete unless the pause is in force.
    pub(super) fn pause(
        &self,
        report: &PauseReport,
        begun: Option<&Begun>,
        outcome: Option<Operation>,
        halt: Option<views::Halt>,
        in_force: bool,
    ) -> views::Pause {
        let report = report.whole();
        let until = if in_force { clock::now() } else { report.released_at };
        let over = |duration: Duration| (!in_force).then(|| us(duration));
        let is_done = !in_force || outcome.is_some();
        let mut arrivals: Vec<&Arrival> = report.arrivals.iter().collect();
        arrivals.sort_by_key(|arrival| std::cmp::Reverse((!arrival.was_safe, arrival.after)));
        let mut pause = views::Pause {
            id: report.id.number() as u32,
            reason: report.reason.into(),
            by: match begun {
                Some(begun) => begun.by.clone(),
                None => report.note.as_deref().unwrap_or_default().into(),
            },
            program: begun.and_then(|begun| self.program(begun)),
            at: micros(report.requested_at),
            ended: Ended::Completed,
            queue: us(report.queue_wait),
            ttsp: us(report.ttsp),
            noticing: Some(us(report.noticing)),
            operation: is_done.then(|| us(report.operation)),
            held: over(report.held),
            release: over(report.release),
            resuming: None,
            total: over(report.total),
            parts: begun.map(|begun| begun.parts.clone()).unwrap_or_default(),
            served: report.served.into(),
            served_for: us(report.served_for),
            wasted: us(report.wasted),
            stragglers: Vec::new(),
            arrivals: arrivals
                .iter()
                .map(|arrival| {
                    let worker = self.lane(arrival.worker);
                    views::Arrival {
                        worker,
                        after: us(arrival.after),
                        safe: arrival.was_safe,
                        standing: standing(begun, &report, arrival, worker),
                        site: arrival.place.map(|at| self.places.site(at.into())),
                        instructions: arrival.progress,
                        since_poll: arrival.since_poll,
                    }
                })
                .collect(),
            causes: begun.map(|begun| self.causes(begun, &report)).unwrap_or_default(),
            outcome: begun.and_then(|begun| begun.outcome.clone()).or(outcome),
            halt,
            hidden: self.hidden.within(report.requested_at, until) > Duration::ZERO,
            sentence: String::new(),
        };
        let last = report.arrivals.iter().find(|arrival| Some(arrival.worker) == report.straggler);
        pause.stragglers.extend(last.map(|last| {
            let worker = self.lane(last.worker);
            let cause = pause.causes.iter().find(|cause| cause.worker == worker);
            views::Straggler {
                worker,
                site: cause
                    .and_then(|cause| cause.place.clone())
                    .or_else(|| last.place.map(|at| self.places.site(at.into()))),
                waited: us(last.after),
                dead: report.dead.contains(&last.worker),
            }
        }));
        pause.sentence = sentence(&pause, &self.conditions);
        if let Some(halt) = &pause.halt {
            pause.sentence = format!("{} {}", halt.text, pause.sentence);
        }
        pause
    }

    fn program(&self, begun: &Begun) -> Option<views::ByProgram> {
        let (at, why) = begun.program.as_ref()?;
        Some(views::ByProgram { why: why.clone(), site: self.places.site(*at) })
    }

    /// The causes of all late workers.
    fn causes(&self, begun: &Begun, report: &PauseReport) -> Vec<views::Cause> {
        let awaited: Vec<&Arrival> =
            report.arrivals.iter().rev().filter(|arrival| !arrival.was_safe).collect();
        let afters: Vec<f64> = awaited.iter().map(|arrival| us(arrival.after)).collect();
        let late = late(&afters, us(report.total));
        let all = awaited.iter().zip(late);
        let of = |(arrival, late): (&&Arrival, bool)| {
            let died = report.dead.contains(&arrival.worker);
            (late || died).then(|| self.cause(begun, arrival, died, awaited.len()))
        };
        all.filter_map(of).collect()
    }

    fn cause(&self, begun: &Begun, arrival: &Arrival, died: bool, running: usize) -> views::Cause {
        let worker = self.lane(arrival.worker);
        let arrived = begun.lanes.get(worker).and_then(|lane| lane.arrived);
        let arrived = arrived.filter(|arrived| arrived.pause == begun.id);
        let asked = begun.asked_lanes.get(worker);
        let stopped_at = begun.armed_at.saturating_add(arrival.after);
        let known = Known {
            armed_at: begun.armed_at,
            late: arrival.after,
            died,
            hidden: self.hidden.within(begun.armed_at, stopped_at),
            since: arrived.map(|arrived| arrived.since).unwrap_or_default(),
            stopped: arrival.place.map(Location::from),
            ran: arrived
                .zip(asked)
                .and_then(|(arrived, lane)| lane.ran_since(begun.armed_at, arrived.ran)),
            clocked: asked.is_some_and(|lane| lane.is_clocked()),
            average: asked.and_then(|lane| lane.average(begun.armed_at, arrival.progress_at_arm)),
            running,
            bounds: &self.bounds,
        };
        let Proof { kind, place, evidence } = known.cause(&self.conditions);
        let place = place.map(|at| self.places.site(at));
        let line = place.as_ref().and_then(|place| place.line);
        views::Cause { worker, kind, place, line, late: us(arrival.after), evidence }
    }

    /// A request that was given up at `at`: the workers that had stopped by then, and those that
    /// had not.
    pub(super) fn record_given_up(
        &self,
        begun: &Begun,
        at: Timestamp,
        ended: Ended,
        late: &[Straggler],
    ) -> views::Pause {
        let now = self.lanes.all();
        let waited = at.since(begun.armed_at);
        let queue = begun.armed_at.since(begun.requested_at);
        let mut arrivals = Vec::new();
        let mut wasted = Duration::ZERO;
        for (worker, (then, now)) in begun.asked_lanes.iter().zip(&now).enumerate() {
            let arrived = now.arrived.filter(|arrived| arrived.pause == begun.id);
            let awaited = begun.running.iter().any(|&(lane, _)| lane == worker);
            let standing = match arrived {
                Some(_) => Standing::Awaited,
                None if awaited => continue,
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
                since_poll: arrived.and_then(|it| it.since.instructions),
            });
        }
        arrivals.sort_by(|a, b| b.after.total_cmp(&a.after));
        let awaited = late
            .iter()
            .map(|late| self.awaited(begun, self.lane(late.worker), late.place, late.progress, at));
        let causes = awaited.map(|awaited| views::Cause {
            worker: awaited.worker,
            kind: awaited.kind,
            place: awaited.place,
            line: awaited.line,
            late: awaited.waited,
            evidence: awaited.evidence,
        });
        views::Pause {
            id: begun.id as u32,
            reason: begun.reason.into(),
            by: begun.by.clone(),
            program: self.program(begun),
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
            stragglers: late.iter().map(|late| self.straggler(late)).collect(),
            arrivals,
            causes: causes.collect(),
            outcome: None,
            halt: None,
            hidden: self.hidden.within(begun.requested_at, at) > Duration::ZERO,
            sentence: String::new(),
        }
    }

    /// The workers that a request waits for; `workers` is the coordinator's list of all.
    pub(super) fn record_awaiting(
        &self,
        begun: &Begun,
        workers: &[WorkerStatus],
        now: Timestamp,
    ) -> views::Awaiting {
        let lanes = self.lanes.all();
        let late = |status: &&WorkerStatus| {
            let lane = self.lane(status.worker);
            let arrived = lanes.get(lane).and_then(|lane| lane.arrived);
            status.state == WorkerState::Running
                && begun.running.iter().any(|&(worker, _)| worker == lane)
                && arrived.is_none_or(|arrived| arrived.pause != begun.id)
        };
        let awaited = |status: &WorkerStatus| {
            let lane = self.lane(status.worker);
            self.awaited(begun, lane, status.place, status.progress, now)
        };
        let mut workers: Vec<_> = workers.iter().filter(late).map(awaited).collect();
        // Workers may have registered in any order.
        workers.sort_by_key(|awaited| awaited.worker);
        views::Awaiting {
            reason: begun.reason.into(),
            by: begun.by.clone(),
            program: self.program(begun),
            since: micros(begun.armed_at),
            workers,
        }
    }

    /// What is known of a worker that has not stopped at `now`, from its last note and its
    /// published count.
    fn awaited(
        &self,
        begun: &Begun,
        worker: usize,
        noted: Option<Place>,
        progress: u64,
        now: Timestamp,
    ) -> views::Awaited {
        let noted = noted.map(Location::from);
        let lane = self.lanes.all().get(worker).copied().unwrap_or_default();
        let before = begun.running.iter().find(|&&(lane, _)| lane == worker);
        let asked = begun.asked_lanes.get(worker);
        let last_stop = lane.arrived.and_then(|arrived| arrived.location);
        let noted = Noted {
            late: now.since(begun.armed_at),
            location: noted,
            is_call: noted.is_some_and(|at| self.places.is_call(at)),
            executed: before.map_or(0, |&(_, before)| progress.saturating_sub(before)),
            ran: asked.and_then(|asked| asked.ran_since(begun.armed_at, lane.ran())),
            clocked: lane.is_clocked(),
            running: begun.running.len(),
            last_stop: last_stop.map(|at| self.places.site(at).text),
        };
        let Proof { kind, place, evidence } = noted.cause(&self.conditions);
        let place = place.map(|at| self.places.site(at));
        let line = place.as_ref().and_then(|place| place.line);
        views::Awaited { worker, waited: us(noted.late), kind, place, line, evidence }
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
