//! The requests that wait for their turn, and the active request: the one that arms or holds the world.
//!
//! Plain data under one lock. A requester that waits sleeps on the turnstile and checks the queue again
//! when it rings.
//!
//! **Order.** By the priority of the reasons, and within one priority first come, first served.
//! [`StopReason`](super::StopReason) has debug before snapshot before garbage collection: a person
//! waits for the debugger, and the outside world for a snapshot. A collection loses the least by coming
//! later, because the workers that requested it are stopped anyway. Waiting counts, so that no reason
//! starves another: a step of priority is worth [`Config::aging`](super::Config::aging) of waiting. So
//! a collection comes before a debug request that was made more than two such times later.
//!
//! **Joining.** A request that was queued before a pause for the same reason takes effect joins that
//! pause: when its holder lets go, the world is handed on and does not run in between. A request that
//! only wants its operation done is answered without the world when a holder lets go after it has
//! marked that operation as done. All such requests are answered at once.
//!
//! **Death.** A dead worker's requests are taken out. If one of them is the active request, the thread
//! that buries the worker takes its place under another ticket, in the same critical section. From then
//! on the old ticket has no effect.
//!
//! **Rest.** Between two pauses the world runs for at least
//! [`Config::min_running_interval`](super::Config::min_running_interval).

use super::{
    ids::{PauseId, WorkerId},
    reason::Reason,
    record::PauseRecord,
};
use crate::clock::{Timestamp, nanos};
use std::{sync::Arc, time::Duration};

/// A request's number, in the order in which requests are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// What a request wants, when it was made and by which worker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<R> {
    pub(super) reason: R,
    pub(super) requested_at: Timestamp,
    /// The worker that requests, if the requester is one.
    pub(super) worker: Option<WorkerId>,
    /// It does not want the world if another holder does its operation meanwhile.
    pub(super) unless_done: bool,
}

/// A request that waits.
#[derive(Clone, Copy, Debug)]
struct Waiting<R> {
    ticket: Ticket,
    wanted: Wanted<R>,
}

/// The request whose turn has come: it will arm, or has the world.
struct Active<R> {
    holder: Waiting<R>,
    stage: Stage<R>,
    /// Requests that the same pause serves, one after the other.
    joined: Vec<Waiting<R>>,
}

enum Stage<R> {
    /// Its turn has come, but it has not armed yet.
    Called,
    /// It has armed, and waits for workers.
    Armed(PauseId),
    /// The world is stopped.
    Stopped(Arc<PauseRecord<R>>),
    /// Workers are being released.
    Releasing(PauseId),
}

impl<R> Stage<R> {
    /// The pause that is in force, arming or ending.
    fn pause(&self) -> Option<PauseId> {
        match self {
            Self::Called => None,
            Self::Armed(pause) | Self::Releasing(pause) => Some(*pause),
            Self::Stopped(record) => Some(record.id),
        }
    }
}

/// What a waiting request must do.
#[must_use]
pub(super) enum Turn<R> {
    /// Arm.
    Arm,
    /// Take the world, which is stopped already and handed to it.
    Take(Arc<PauseRecord<R>>),
    /// Return: another holder did its operation in this pause.
    Done(PauseId),
    /// Wait for the turnstile, or until this time.
    Wait(Option<Timestamp>),
    /// Ring the turnstile and check again: it is now the turn of another request.
    CalledAnother,
}

/// What a holder that lets go must do.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum LetGo {
    /// No request wants the world: release the workers.
    Release,
    /// The next holder has the world: ring the turnstile.
    HandedOn,
    /// Nothing: the pause no longer belongs to this request.
    NotHolder,
}

/// The requests that wait, and the active one.
pub(super) struct Queue<R> {
    next_ticket: u64,
    waiting: Vec<Waiting<R>>,
    active: Option<Active<R>>,
    /// Requests whose operation another holder has done, and that have not noticed yet.
    done: Vec<(Waiting<R>, PauseId)>,
    /// No pause is armed before this time.
    rest_until: Timestamp,
    /// The last number of a pause, or of a request that was given up before it armed.
    last_number: u64,
}

impl<R: Reason> Queue<R> {
    pub(super) fn new() -> Self {
        Self {
            next_ticket: 0,
            waiting: Vec::new(),
            active: None,
            done: Vec::new(),
            rest_until: Timestamp::default(),
            last_number: 0,
        }
    }

    /// Adds a request.
    pub(super) fn enter(&mut self, wanted: Wanted<R>) -> Ticket {
        let ticket = self.new_ticket();
        self.waiting.push(Waiting { ticket, wanted });
        ticket
    }

    /// Adds a request and makes it the active one. Returns its ticket and the time until which the
    /// workers must still have their rest.
    ///
    /// # Errors
    ///
    /// The reason of the request that is active already, or else of the next one that waits.
    pub(super) fn try_enter(
        &mut self,
        wanted: Wanted<R>,
        aging: Duration,
    ) -> Result<(Ticket, Timestamp), R> {
        if let Some(active) = &self.active {
            return Err(active.holder.wanted.reason);
        }
        if let Some(next) = self.next(wanted.requested_at, aging) {
            return Err(self.waiting[next].wanted.reason);
        }
        let ticket = self.enter(wanted);
        self.call(self.waiting.len() - 1);
        Ok((ticket, self.rest_until))
    }

    fn new_ticket(&mut self) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        ticket
    }

    /// What the request of `ticket` must do. If no request is active, this makes the next one active.
    pub(super) fn turn(&mut self, ticket: Ticket, now: Timestamp, aging: Duration) -> Turn<R> {
        if self.active.is_none() {
            if now < self.rest_until {
                return Turn::Wait(Some(self.rest_until));
            }
            if let Some(next) = self.next(now, aging) {
                let another = self.waiting[next].ticket != ticket;
                self.call(next);
                if another {
                    return Turn::CalledAnother;
                }
            }
        }
        if let Some(done) = self.done.iter().position(|(done, _)| done.ticket == ticket) {
            return Turn::Done(self.done.swap_remove(done).1);
        }
        match &self.active {
            Some(active) if active.holder.ticket == ticket => match &active.stage {
                Stage::Stopped(record) => Turn::Take(Arc::clone(record)),
                _ => Turn::Arm,
            },
            _ => Turn::Wait(None),
        }
    }

    /// Whether `ticket` belongs to the active request.
    pub(super) fn is_held_by(&self, ticket: Ticket) -> bool {
        self.active.as_ref().is_some_and(|active| active.holder.ticket == ticket)
    }

    /// The next number for a pause or a withdrawn request.
    pub(super) fn number(&mut self) -> PauseId {
        self.last_number += 1;
        PauseId::new(self.last_number)
    }

    /// The pause that is in force: armed, and not yet ended.
    pub(super) fn pause(&self) -> Option<PauseId> {
        self.active.as_ref().and_then(|active| active.stage.pause())
    }

    /// The active request arms. The caller keeps the queue's lock until all slots are armed, so that a
    /// thread that buries the requester finds either an armed pause or one that will not be armed.
    pub(super) fn arms(&mut self, pause: PauseId) {
        if let Some(active) = &mut self.active {
            active.stage = Stage::Armed(pause);
        }
    }

    /// Removes a request that gives up before it has armed. False if it was answered already.
    pub(super) fn withdraw(&mut self, ticket: Ticket) -> bool {
        if let Some(active) = &mut self.active {
            if active.holder.ticket == ticket {
                if matches!(active.stage, Stage::Stopped(_)) {
                    return false;
                }
                self.active = None;
                return true;
            }
            active.joined.retain(|joined| joined.ticket != ticket);
        }
        self.waiting.retain(|waiting| waiting.ticket != ticket);
        self.done.iter().all(|(done, _)| done.ticket != ticket)
    }

    /// The pause of the active request takes effect: requests for the same reason join it. False if
    /// the pause no longer belongs to this request.
    pub(super) fn stopped(&mut self, ticket: Ticket, record: &Arc<PauseRecord<R>>) -> bool {
        let Some(active) = self.active.as_mut().filter(|active| active.holder.ticket == ticket)
        else {
            return false;
        };
        active.stage = Stage::Stopped(Arc::clone(record));
        let reason = active.holder.wanted.reason;
        active
            .joined
            .extend(self.waiting.extract_if(.., |waiting| waiting.wanted.reason == reason));
        true
    }

    /// The holder lets go.
    pub(super) fn let_go(&mut self, ticket: Ticket, now: Timestamp) -> LetGo {
        let Some(active) = self.active.as_mut().filter(|active| active.holder.ticket == ticket)
        else {
            return LetGo::NotHolder;
        };
        let Stage::Stopped(record) = &active.stage else {
            return LetGo::NotHolder;
        };
        let record = Arc::clone(record);
        if record.done_at().is_some() {
            let satisfied = active.joined.extract_if(.., |joined| joined.wanted.unless_done);
            let before = self.done.len();
            self.done.extend(satisfied.map(|satisfied| (satisfied, record.id)));
            record.serves(self.done.len() - before, now);
        }
        if !active.joined.is_empty() {
            record.serves(1, now);
            active.holder = active.joined.remove(0);
            LetGo::HandedOn
        } else {
            active.stage = Stage::Releasing(record.id);
            LetGo::Release
        }
    }

    /// The workers are released, or the holder gave up.
    pub(super) fn released(&mut self, ticket: Ticket, now: Timestamp, rest: Duration) {
        if self.is_held_by(ticket) {
            self.active = None;
            self.rest_until = now.saturating_add(rest);
        }
    }

    /// Removes a dead worker's requests. If one of them is active, the caller takes its place: this
    /// returns the caller's ticket, and the pause if it has armed.
    pub(super) fn forget(&mut self, worker: WorkerId) -> Option<(Ticket, Option<PauseId>)> {
        let dead = |waiting: &Waiting<R>| waiting.wanted.worker == Some(worker);
        self.waiting.retain(|waiting| !dead(waiting));
        self.done.retain(|(done, _)| !dead(done));
        let ticket = self.new_ticket();
        let active = self.active.as_mut()?;
        active.joined.retain(|joined| !dead(joined));
        if !dead(&active.holder) {
            return None;
        }
        active.holder.ticket = ticket;
        active.holder.wanted.worker = None;
        Some((ticket, active.stage.pause()))
    }

    /// Separates the held world from the worker that requested it. False if `ticket` no longer has the
    /// world.
    pub(super) fn disown(&mut self, ticket: Ticket) -> bool {
        let Some(active) = self.active.as_mut().filter(|active| active.holder.ticket == ticket)
        else {
            return false;
        };
        active.holder.wanted.worker = None;
        true
    }

    /// The reason of the active request.
    pub(super) fn active_reason(&self) -> Option<R> {
        self.active.as_ref().map(|active| active.holder.wanted.reason)
    }

    /// The number of requests that wait, including those that have joined a pause.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.active.as_ref().map_or(0, |active| active.joined.len())
    }

    fn next(&self, now: Timestamp, aging: Duration) -> Option<usize> {
        let urgency = |waiting: &Waiting<R>| {
            let Wanted { reason, requested_at, .. } = waiting.wanted;
            let waited = nanos(now.since(requested_at));
            waited.saturating_add(nanos(aging).saturating_mul(reason.priority().into()))
        };
        (0..self.waiting.len()).reduce(|best, candidate| {
            if urgency(&self.waiting[candidate]) > urgency(&self.waiting[best]) {
                candidate
            } else {
                best
            }
        })
    }

    fn call(&mut self, index: usize) {
        let holder = self.waiting.remove(index);
        self.active = Some(Active { holder, stage: Stage::Called, joined: Vec::new() });
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use crate::{StopReason, clock};

    const AGING: Duration = Duration::from_millis(100);

    fn wanted(reason: StopReason, requested_at: Timestamp) -> Wanted<StopReason> {
        Wanted { reason, requested_at, worker: None, unless_done: false }
    }

    /// Makes the request's pause arm and stop the world.
    fn stop(
        queue: &mut Queue<StopReason>,
        ticket: Ticket,
        number: u64,
    ) -> Arc<PauseRecord<StopReason>> {
        assert!(matches!(queue.turn(ticket, clock::now(), AGING), Turn::Arm));
        queue.arms(PauseId::new(number));
        let record = Arc::new(PauseRecord::without_workers(PauseId::new(number)));
        assert!(queue.stopped(ticket, &record));
        record
    }

    /// The request whose turn comes first: a collection that was requested at once, or a debug request
    /// that came `later`.
    fn first_of_two(later: Duration) -> StopReason {
        let began = clock::now();
        let now = began.saturating_add(AGING * 5);
        let mut queue = Queue::new();
        let collection = queue.enter(wanted(StopReason::GarbageCollection, began));
        let debug = queue.enter(wanted(StopReason::Debug, began.saturating_add(later)));
        if matches!(queue.turn(collection, now, AGING), Turn::Arm) {
            return StopReason::GarbageCollection;
        }
        assert!(matches!(queue.turn(debug, now, AGING), Turn::Arm), "no request has its turn");
        StopReason::Debug
    }

    #[test]
    fn two_steps_of_priority_are_worth_twice_the_aging() {
        let step = Duration::from_micros(1);
        assert_eq!(first_of_two(AGING * 2 - step), StopReason::Debug);
        assert_eq!(first_of_two(AGING * 2 + step), StopReason::GarbageCollection);
    }

    #[test]
    fn a_request_that_does_not_wait_never_overtakes_one_that_waits() {
        let now = clock::now();
        let mut queue = Queue::new();
        let waiting = queue.enter(wanted(StopReason::Snapshot, now));
        let refused = queue.try_enter(wanted(StopReason::Debug, now), AGING);
        assert_eq!(refused, Err(StopReason::Snapshot));
        assert!(queue.withdraw(waiting));
        assert!(queue.try_enter(wanted(StopReason::Debug, now), AGING).is_ok());
    }

    #[test]
    fn the_requests_of_a_dead_worker_are_forgotten() {
        let now = clock::now();
        let dead = WorkerId::new(7);
        let of_dead = |reason| Wanted { worker: Some(dead), ..wanted(reason, now) };
        let mut queue = Queue::new();
        queue.enter(of_dead(StopReason::Debug));
        let other = queue.enter(of_dead(StopReason::GarbageCollection));
        let third = queue.enter(wanted(StopReason::GarbageCollection, now));
        assert!(matches!(queue.turn(other, now, AGING), Turn::CalledAnother));
        let (undertaker, pause) = queue.forget(dead).expect("it was its turn");
        assert_eq!(pause, None, "it had not armed");
        assert!(queue.withdraw(undertaker));
        assert!(matches!(queue.turn(other, now, AGING), Turn::CalledAnother));
        assert!(matches!(queue.turn(third, now, AGING), Turn::Arm));
        assert_eq!(queue.forget(dead), None);
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn the_ticket_of_a_dead_worker_has_no_effect() {
        let now = clock::now();
        let dead = WorkerId::new(7);
        let mut queue = Queue::new();
        let first = queue.enter(Wanted { worker: Some(dead), ..wanted(StopReason::Debug, now) });
        let record = stop(&mut queue, first, 1);
        let (undertaker, pause) = queue.forget(dead).expect("it had the world");
        assert_eq!(pause, Some(record.id));
        assert_eq!(queue.let_go(first, now), LetGo::NotHolder);
        assert!(!queue.stopped(first, &record));
        assert!(!queue.disown(first));
        queue.released(first, now, Duration::ZERO);
        assert!(!queue.is_held_by(first) && queue.is_held_by(undertaker));
        assert_eq!(queue.let_go(undertaker, now), LetGo::Release);
        queue.released(undertaker, now, Duration::ZERO);
        assert_eq!(queue.active_reason(), None);
    }

    #[test]
    fn all_requests_that_want_only_a_done_operation_are_answered_at_once() {
        const GC: StopReason = StopReason::GarbageCollection;
        let now = clock::now();
        let mut queue = Queue::new();
        let first = queue.enter(wanted(GC, now));
        let [second, third] =
            [(); 2].map(|()| queue.enter(Wanted { unless_done: true, ..wanted(GC, now) }));
        let fourth = queue.enter(wanted(GC, now));
        let record = stop(&mut queue, first, 1);
        let late = queue.enter(Wanted { unless_done: true, ..wanted(GC, now) });
        assert_eq!(queue.len(), 4);
        record.done(now);
        assert_eq!(queue.let_go(first, now), LetGo::HandedOn);
        assert!(!queue.withdraw(second), "it was answered");
        for satisfied in [third, second] {
            assert!(
                matches!(queue.turn(satisfied, now, AGING), Turn::Done(pause) if pause == record.id)
            );
        }
        assert!(matches!(queue.turn(fourth, now, AGING), Turn::Take(_)), "it wants the world");
        assert!(matches!(queue.turn(late, now, AGING), Turn::Wait(_)), "it came too late to join");
        assert_eq!(queue.let_go(fourth, now), LetGo::Release);
        queue.released(fourth, now, Duration::ZERO);
        assert!(matches!(queue.turn(late, now, AGING), Turn::Arm));
    }

    #[test]
    fn an_operation_that_was_not_done_answers_no_request() {
        const GC: StopReason = StopReason::GarbageCollection;
        let now = clock::now();
        let mut queue = Queue::new();
        let first = queue.enter(wanted(GC, now));
        let second = queue.enter(Wanted { unless_done: true, ..wanted(GC, now) });
        stop(&mut queue, first, 1);
        assert_eq!(queue.let_go(first, now), LetGo::HandedOn);
        assert!(matches!(queue.turn(second, now, AGING), Turn::Take(_)));
    }
}
