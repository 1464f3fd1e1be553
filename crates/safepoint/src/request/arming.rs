//! From the turn of a request to the stopped world: the requester arms every slot and waits for the arrivals.

use super::{GivesUp, Request, Unmet, earliest};
use crate::{
    arrivals::GaveUp,
    clock::{self, Timestamp},
    config::OnDeadline,
    error::Stragglers,
    ids::PauseId,
    mutant::Mutant,
    observer::Event,
    queue::{Queue, Ticket},
    reason::Reason,
    record::PauseRecord,
    sync::{
        Ordering, lock,
        record::{AtomicU32, AtomicU64},
    },
    table::Seen,
    visit::Visitor,
};
use std::{hint, sync::Arc, time::Duration};

/// How long a requester watches for arrivals before it sleeps: about the time that sleeping and waking cost.
const LOOK: Duration = Duration::from_micros(20);
/// Checks of the count between two readings of the clock.
const LOOKS: u32 = 32;

/// A pause that has armed.
struct Arming {
    pause: PauseId,
    armed_at: Timestamp,
    seen: Vec<Seen>,
    awaited: u32,
    complete: bool,
}

impl<R: Reason, D> Request<'_, R, D> {
    /// Arms every slot and waits until every worker has stopped.
    pub(super) fn stop(
        &self,
        ticket: Ticket,
        mut visitor: Option<&mut Visitor<'_, D>>,
    ) -> Result<Arc<PauseRecord<R>>, Unmet<R>> {
        let shared = self.shared;
        let visits = visitor.is_some();
        let arming = shared.with_queue(|queue| self.arm(queue, ticket, visits));
        let Arming { pause, armed_at, mut seen, awaited, complete } =
            arming.ok_or(Unmet::Forgotten)?;
        shared.observe_at(self.worker(), armed_at, || Event::Armed {
            pause,
            reason: self.reason,
            requested_at: self.requested_at,
            note: self.options.note.clone(),
            awaited,
            running: seen.iter().filter_map(Seen::running).collect(),
        });
        if !complete && (visits || !self.look_for_arrivals(pause, awaited)) {
            self.wait_for_arrivals(ticket, pause, armed_at, &mut seen, visitor.as_deref_mut())?;
        }
        let stopped_at = clock::now();
        let collected = lock(&shared.table).collect(pause, armed_at, &seen);
        let (arrivals, dead) = collected.ok_or(Unmet::Forgotten)?;
        let record = Arc::new(PauseRecord {
            id: pause,
            reason: self.reason,
            note: self.options.note.clone(),
            requested_at: self.requested_at,
            armed_at,
            stopped_at,
            arrivals: arrivals.into(),
            dead,
            done_at: AtomicU64::new(0),
            served: AtomicU32::new(0),
            served_from: AtomicU64::new(0),
        });
        if !shared.with_queue(|queue| queue.stopped(ticket, &record)) {
            return Err(Unmet::Forgotten);
        }
        shared.observe_at(self.worker(), stopped_at, || Event::Stopped { pause });
        if let Some(visitor) = visitor {
            self.visit(pause, &mut seen, visitor);
        }
        Ok(record)
    }

    /// Arms every slot, under the queue's lock; `None` if the request was forgotten.
    fn arm(&self, queue: &mut Queue<R>, ticket: Ticket, visits: bool) -> Option<Arming> {
        if !queue.is_held_by(ticket) && !Mutant::ForgottenArms.is_on() {
            return None;
        }
        let shared = self.shared;
        let pause = queue.number();
        let armed_at = clock::now();
        queue.arms(pause);
        // These are written before the first slot is armed: a worker that sees REQ must find the count
        // opened for this pause.
        shared.last_pause.store(pause.number(), Ordering::Relaxed);
        shared.visits.store(visits.into(), Ordering::Relaxed);
        if !Mutant::RequestAfterArming.is_on() {
            shared.arrivals.open(pause.epoch());
        }
        let seen = lock(&shared.table).arm(pause);
        if Mutant::RequestAfterArming.is_on() {
            shared.arrivals.open(pause.epoch());
        }
        let awaited = seen.iter().filter(|seen| seen.is_awaited()).count();
        let awaited = u32::try_from(awaited).unwrap_or(u32::MAX);
        let complete = shared.arrivals.close(awaited);
        Some(Arming { pause, armed_at, seen, awaited, complete })
    }

    /// Watches for the arrivals for a moment, if the workers do not need this thread's processor.
    /// Returns whether all have arrived.
    ///
    /// A worker that runs on another processor arrives within a few microseconds, but waking a
    /// requester that sleeps takes tens of microseconds.
    fn look_for_arrivals(&self, pause: PauseId, awaited: u32) -> bool {
        if usize::try_from(awaited).unwrap_or(usize::MAX) >= self.shared.config.processors {
            return false;
        }
        let until = clock::now().saturating_add(LOOK);
        loop {
            for _ in 0..LOOKS {
                if self.shared.arrivals.complete(pause.epoch()) {
                    return true;
                }
                hint::spin_loop();
            }
            if clock::now() >= until {
                return false;
            }
        }
    }

    fn wait_for_arrivals(
        &self,
        ticket: Ticket,
        pause: PauseId,
        armed_at: Timestamp,
        seen: &mut [Seen],
        mut visitor: Option<&mut Visitor<'_, D>>,
    ) -> Result<(), Unmet<R>> {
        let (shared, config, options) = (self.shared, &self.shared.config, self.options);
        let after = |limit: Option<Duration>| limit.map(|limit| armed_at.saturating_add(limit));
        let extension = options.deadline.or(config.deadline);
        let mut warn_at = after(options.warn_after.or(config.warn_after));
        let mut deadline = after(extension);
        let on_deadline = options.on_deadline.unwrap_or(config.on_deadline);
        loop {
            // Read before the count: an arrival after this changes the doorbell.
            let mut rung = shared.bells.doorbell.load();
            if self.is_forgotten() {
                return Err(Unmet::Forgotten);
            }
            if shared.arrivals.complete(pause.epoch()) {
                return Ok(());
            }
            if Mutant::DoorbellReadLate.is_on() {
                rung = shared.bells.doorbell.load();
            }
            if let Some(visitor) = visitor.as_deref_mut() {
                self.visit(pause, seen, visitor);
            }
            let now = clock::now();
            let due = |at: Option<Timestamp>| at.is_some_and(|at| now >= at);
            let mut why = self.gives_up(now);
            if why.is_none() && due(deadline) {
                match on_deadline {
                    OnDeadline::GiveUp => why = Some(GivesUp::TimedOut),
                    OnDeadline::Extend => {
                        deadline = extension.map(|extension| now.saturating_add(extension));
                        warn_at = Some(now);
                    }
                }
            }
            if let Some(why) = why {
                let stragglers = self.stragglers(seen, now.since(armed_at));
                match shared.arrivals.give_up(pause.epoch()) {
                    GaveUp::GivenUp => {}
                    GaveUp::Complete => return Ok(()),
                    GaveUp::Stale => return Err(Unmet::Forgotten),
                }
                shared.release(pause);
                let rest = config.min_running_interval;
                shared.with_queue(|queue| queue.released(ticket, clock::now(), rest));
                return Err(self.given_up(why, Some(pause), stragglers).into());
            }
            if due(warn_at) {
                warn_at = None;
                let stragglers = self.stragglers(seen, now.since(armed_at));
                shared.observe_at(self.worker(), now, || Event::Warned { pause, stragglers });
            }
            let wake_at = earliest(earliest(warn_at, deadline), self.give_up_at);
            shared.bells.doorbell.wait(rung, wake_at.map(|at| at.since(now)));
        }
    }

    /// Calls the visitor for the workers that have arrived since the last call.
    fn visit(&self, pause: PauseId, seen: &mut [Seen], visitor: &mut Visitor<'_, D>) {
        let arrived = lock(&self.shared.table).arrived(pause, seen);
        visitor.visit(&arrived);
    }

    fn stragglers(&self, seen: &[Seen], waited: Duration) -> Stragglers<R> {
        Stragglers::new(lock(&self.shared.table).stragglers(seen, waited), waited, None)
    }
}
