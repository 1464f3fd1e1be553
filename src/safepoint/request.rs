//! From a request to a stopped world.
//!
//! A request waits in the [queue](super::queue), arms every slot, and waits for the arrivals. Up to
//! the last arrival it can be given up; who comes first is decided in the arrival count, by one
//! compare-exchange.

use super::{
    cancel::CancelWatch,
    config::{OnDeadline, PauseOptions},
    error::{PauseError, Stragglers},
    ids::{PauseId, WorkerId},
    mutant::Mutant,
    observer::Event,
    queue::{LetGo, Ticket, Turn},
    reason::StopReason,
    record::PauseRecord,
    shared::Shared,
    table::Seen,
};
use crate::{
    clock::{self, Timestamp},
    sync::{Ordering, lock, record::AtomicU64},
};
use std::{hint, sync::Arc, time::Duration};

/// For how long a requester looks for arrivals before it sleeps: about what sleeping and waking cost.
const LOOK: Duration = Duration::from_micros(20);
/// Looks between two readings of the clock.
const LOOKS: u32 = 32;

/// How a request asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// It waits for its turn.
    InTurn,
    /// It does not wait for others.
    IfFree,
}

/// The world, held for one request.
pub(super) struct Held {
    pub(super) record: Arc<PauseRecord>,
    pub(super) ticket: Ticket,
    pub(super) requested_at: Timestamp,
    /// When this request got the world.
    pub(super) granted_at: Timestamp,
    pub(super) joined: bool,
}

/// Stops the world. `worker` is the worker that asks, if one does; it is SAFE.
pub(super) fn acquire(
    shared: &Shared,
    reason: StopReason,
    options: &PauseOptions,
    asking: Asking,
    worker: Option<WorkerId>,
) -> Result<Held, PauseError> {
    let requested_at = clock::now();
    let request = Request {
        shared,
        reason,
        worker,
        requested_at,
        watch: CancelWatch::new(shared, options.cancel.as_ref()),
        give_up_at: options.timeout.map(|timeout| requested_at.saturating_add(timeout)),
        options,
    };
    shared.observe_at(worker, requested_at, || Event::Requested { reason });
    let result = request.run(asking);
    shared.statistics().request(reason, result.as_ref().err());
    if result.is_err() {
        // Whoever waits behind a request that gave up must look again.
        shared.turnstile.ring();
    }
    result
}

/// A dead worker's requests are withdrawn, and what it held is released.
pub(super) fn forget(shared: &Shared, worker: WorkerId) {
    let Some(ticket) = shared.with_queue(|queue| queue.forget(worker)) else {
        shared.turnstile.ring();
        return;
    };
    shared.help.abandon();
    match shared.with_queue(|queue| queue.let_go(ticket)) {
        LetGo::HandedOn => {}
        LetGo::Release => {
            shared.release();
            let rest = shared.config.min_running_interval;
            shared.with_queue(|queue| queue.released(clock::now(), rest));
        }
        LetGo::NotHolder => {
            let pause = PauseId::new(shared.last_pause.load(Ordering::Relaxed));
            if !shared.arrivals.give_up(pause.epoch()) {
                shared.release();
            }
            shared.with_queue(|queue| queue.withdraw(ticket));
        }
    }
    shared.turnstile.ring();
}

struct Request<'a> {
    shared: &'a Shared,
    reason: StopReason,
    worker: Option<WorkerId>,
    requested_at: Timestamp,
    options: &'a PauseOptions,
    watch: CancelWatch<'a>,
    give_up_at: Option<Timestamp>,
}

/// Why a request stops waiting.
enum GivesUp {
    Cancelled,
    TimedOut,
}

impl Request<'_> {
    fn run(&self, asking: Asking) -> Result<Held, PauseError> {
        let (reason, aging) = (self.reason, self.shared.config.aging);
        let (ticket, rest_until) = match asking {
            Asking::InTurn => {
                let enter = |queue: &mut super::queue::Queue| {
                    queue.enter(reason, self.requested_at, self.worker)
                };
                (self.shared.with_queue(enter), None)
            }
            Asking::IfFree => {
                let try_enter = |queue: &mut super::queue::Queue| {
                    queue.try_enter(reason, self.requested_at, self.worker, aging)
                };
                let (ticket, rest_until) = self
                    .shared
                    .with_queue(try_enter)
                    .map_err(|active| PauseError::Busy { active })?;
                (ticket, Some(rest_until))
            }
        };
        let (record, joined) = match self.wait_for_turn(ticket, rest_until)? {
            Some(record) => (record, true),
            None => (self.stop(ticket)?, false),
        };
        let granted_at = if joined { clock::now() } else { record.stopped_at };
        Ok(Held { record, ticket, requested_at: self.requested_at, granted_at, joined })
    }

    /// Waits until the request may arm (`None`) or is handed a stopped world.
    fn wait_for_turn(
        &self,
        ticket: Ticket,
        rest_until: Option<Timestamp>,
    ) -> Result<Option<Arc<PauseRecord>>, PauseError> {
        let aging = self.shared.config.aging;
        loop {
            let seen = self.shared.turnstile.load();
            let now = clock::now();
            if let Some(why) = self.gives_up(now) {
                let withdrawn = self.shared.with_queue(|queue| {
                    let held_by = queue.active_reason();
                    queue.withdraw(ticket).then_some(held_by)
                });
                if let Some(held_by) = withdrawn {
                    let waited = now.since(self.requested_at);
                    return Err(self.given_up(
                        why,
                        None,
                        Stragglers::new(Vec::new(), waited, held_by),
                    ));
                }
            }
            let rest = rest_until.filter(|&until| now < until);
            let wake_at = if rest.is_some() {
                rest
            } else {
                match self.shared.with_queue(|queue| queue.turn(ticket, now, aging)) {
                    Turn::Arm => return Ok(None),
                    Turn::Take(record) => return Ok(Some(record)),
                    Turn::Wait(until) => until,
                    Turn::CalledAnother => {
                        self.shared.turnstile.ring();
                        continue;
                    }
                }
            };
            let wake_at = earliest(wake_at, self.give_up_at);
            self.shared.turnstile.wait(seen, wake_at.map(|at| at.since(now)));
        }
    }

    /// Arms every slot and waits until every worker has stopped.
    fn stop(&self, ticket: Ticket) -> Result<Arc<PauseRecord>, PauseError> {
        let shared = self.shared;
        let pause = PauseId::new(shared.last_pause.load(Ordering::Relaxed) + 1);
        let epoch = pause.epoch();
        let armed_at = clock::now();
        // The request is published before the first slot is armed: a worker that sees REQ must find
        // the count opened for it.
        shared.last_pause.store(pause.number(), Ordering::Relaxed);
        if !Mutant::RequestAfterArming.is_on() {
            shared.arrivals.open(epoch);
        }
        let seen = lock(&shared.table).arm(epoch);
        if Mutant::RequestAfterArming.is_on() {
            shared.arrivals.open(epoch);
        }
        let awaited = seen.iter().filter(|seen| seen.is_awaited()).count();
        let awaited = u32::try_from(awaited).unwrap_or(u32::MAX);
        let complete = shared.arrivals.close(awaited);
        shared.observe_at(self.worker, armed_at, || Event::Armed {
            pause,
            reason: self.reason,
            awaited,
        });
        if !complete && !self.look_for_arrivals(pause, awaited) {
            self.wait_for_arrivals(ticket, pause, armed_at, &seen)?;
        }
        let stopped_at = clock::now();
        let (arrivals, dead) = lock(&shared.table).collect(epoch, armed_at, &seen);
        let record = Arc::new(PauseRecord {
            id: pause,
            reason: self.reason,
            requested_at: self.requested_at,
            armed_at,
            stopped_at,
            arrivals: arrivals.into(),
            dead,
            done_at: AtomicU64::new(0),
        });
        shared.with_queue(|queue| queue.stopped(&record));
        shared.observe_at(self.worker, stopped_at, || Event::Stopped { pause });
        Ok(record)
    }

    /// Looks for the arrivals for a moment, if that keeps no worker from running; whether all came.
    ///
    /// A worker that runs on another processor arrives within a few microseconds, while a requester
    /// that sleeps is woken only tens of microseconds later.
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
        seen: &[Seen],
    ) -> Result<(), PauseError> {
        let (shared, config, options) = (self.shared, &self.shared.config, self.options);
        let after = |limit: Option<Duration>| limit.map(|limit| armed_at.saturating_add(limit));
        let extension = options.deadline.or(config.deadline);
        let mut warn_at = after(options.warn_after.or(config.warn_after));
        let mut deadline = after(extension);
        let on_deadline = options.on_deadline.unwrap_or(config.on_deadline);
        loop {
            // Before the count: an arrival after this reading changes the doorbell.
            let mut rung = shared.doorbell.load();
            if shared.arrivals.complete(pause.epoch()) {
                return Ok(());
            }
            if Mutant::DoorbellReadLate.is_on() {
                rung = shared.doorbell.load();
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
                if shared.arrivals.give_up(pause.epoch()) {
                    return Ok(());
                }
                shared.release();
                let rest = config.min_running_interval;
                shared.with_queue(|queue| {
                    if queue.withdraw(ticket) {
                        queue.released(clock::now(), rest);
                    }
                });
                return Err(self.given_up(why, Some(pause), stragglers));
            }
            if due(warn_at) {
                warn_at = None;
                let stragglers = self.stragglers(seen, now.since(armed_at));
                shared.observe_at(self.worker, now, || Event::Warned { pause, stragglers });
            }
            let wake_at = earliest(earliest(warn_at, deadline), self.give_up_at);
            shared.doorbell.wait(rung, wake_at.map(|at| at.since(now)));
        }
    }

    fn gives_up(&self, now: Timestamp) -> Option<GivesUp> {
        if self.watch.cancelled() {
            Some(GivesUp::Cancelled)
        } else if self.give_up_at.is_some_and(|at| now >= at) {
            Some(GivesUp::TimedOut)
        } else {
            None
        }
    }

    fn stragglers(&self, seen: &[Seen], waited: Duration) -> Stragglers {
        Stragglers::new(lock(&self.shared.table).stragglers(seen, waited), waited, None)
    }

    fn given_up(&self, why: GivesUp, pause: Option<PauseId>, stragglers: Stragglers) -> PauseError {
        match why {
            GivesUp::Cancelled => {
                self.shared.observe(self.worker, || Event::Cancelled { pause });
                PauseError::Cancelled
            }
            GivesUp::TimedOut => {
                self.shared.observe(self.worker, || Event::TimedOut {
                    pause,
                    stragglers: stragglers.clone(),
                });
                PauseError::TimedOut { stragglers }
            }
        }
    }
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, None) => a,
        (None, b) => b,
    }
}
