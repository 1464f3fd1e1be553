//! Whose turn it is: requests that wait, and the one that has the world.
//!
//! Plain data under one lock; whoever waits sleeps on the turnstile and looks again when it rings.
//!
//! **Order.** Debug before snapshot before garbage collection: a person waits for the debugger, the
//! outside world for a snapshot, and a collection asked for by workers that are stopped anyway loses
//! the least by coming later, and sees a smaller heap if what the debugger does frees something.
//! Within one reason first come, first served. So that no reason starves another, waiting counts: a
//! step of priority is worth [`Config::aging`](super::Config::aging) of waiting, so a collection
//! overtakes a debug request that came two steps later.
//!
//! **Joining.** A request queued before a pause for the same reason takes effect is served by that
//! pause: when its holder lets go, the world is handed on without running in between. A request that
//! only wants its operation done is answered without the world, as soon as a holder has said that it
//! did that operation: all such requests at once, however many they are.
//!
//! **Death.** A dead worker's requests are taken out. If one of them has the world, or is about to,
//! whoever buries the worker takes its place under another ticket, in the same critical section: from
//! then on nothing that is done with the old ticket has any effect.
//!
//! **Rest.** Between two pauses the world runs for at least
//! [`Config::min_running_interval`](super::Config::min_running_interval).

use super::{
    ids::{PauseId, WorkerId},
    reason::Reason,
    record::PauseRecord,
};
use crate::clock::{Timestamp, nanos};
use std::{collections::VecDeque, mem, sync::Arc, time::Duration};

/// A request's number in the order of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// What is asked for, when and by whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<R> {
    pub(super) reason: R,
    pub(super) requested_at: Timestamp,
    /// The worker that asks, if one does.
    pub(super) worker: Option<WorkerId>,
    /// It does not want the world if another does its operation meanwhile.
    pub(super) unless_done: bool,
}

/// A request that waits.
#[derive(Clone, Copy, Debug)]
struct Waiting<R> {
    ticket: Ticket,
    wanted: Wanted<R>,
}

/// The request that has the world, or is about to.
struct Active<R> {
    holder: Waiting<R>,
    stage: Stage<R>,
    /// Served by the same pause, one after the other.
    joined: VecDeque<Waiting<R>>,
}

enum Stage<R> {
    /// Its turn has come, but it has not noticed yet.
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

/// What a waiting request finds.
#[must_use]
pub(super) enum Turn<R> {
    /// It may arm.
    Arm,
    /// The world is stopped already, and handed to it.
    Take(Arc<PauseRecord<R>>),
    /// What it wanted was done in that pause, by another.
    Done(PauseId),
    /// It must wait for the turnstile, or until then.
    Wait(Option<Timestamp>),
    /// It found that another's turn has come: it rings the turnstile, and looks again.
    CalledAnother,
}

/// What a holder that lets go must do.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum LetGo {
    /// Nobody joined: release the workers.
    Release,
    /// The next holder has the world: ring the turnstile.
    HandedOn,
    /// The pause is no longer this request's.
    NotHolder,
}

/// Who waits and who has the world.
pub(super) struct Queue<R> {
    next_ticket: u64,
    waiting: Vec<Waiting<R>>,
    active: Option<Active<R>>,
    /// Requests whose operation another has done, and that have not noticed yet.
    done: Vec<(Waiting<R>, PauseId)>,
    /// No pause is armed before.
    rest_until: Timestamp,
    /// The last number that a pause was given, or a request that was given up before it armed.
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

    /// Adds a request and calls it at once, unless another has the world or waits for it: then its
    /// reason. Also when the world must still rest; until when, comes back.
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

    /// Looks whether it is `ticket`'s turn; if the world is free and it is not, calls whose it is.
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

    /// Whether the request has the world, or is about to.
    pub(super) fn is_held_by(&self, ticket: Ticket) -> bool {
        self.active.as_ref().is_some_and(|active| active.holder.ticket == ticket)
    }

    /// The next number.
    pub(super) fn number(&mut self) -> PauseId {
        self.last_number += 1;
        PauseId::new(self.last_number)
    }

    /// The pause that is in force: armed, and not yet ended.
    pub(super) fn pause(&self) -> Option<PauseId> {
        self.active.as_ref().and_then(|active| active.stage.pause())
    }

    /// The holder arms. Under this queue's lock until it has, so that whoever buries it finds the pause
    /// armed, or not to be armed any more.
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

    /// The holder's pause takes effect: requests for the same reason join it. False if the pause is
    /// no longer this request's.
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
            let joined = mem::take(&mut active.joined).into_iter();
            let (satisfied, others): (VecDeque<_>, _) =
                joined.partition(|joined| joined.wanted.unless_done);
            record.serves(satisfied.len(), now);
            self.done.extend(satisfied.into_iter().map(|satisfied| (satisfied, record.id)));
            active.joined = others;
        }
        if let Some(next) = active.joined.pop_front() {
            record.serves(1, now);
            active.holder = next;
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

    /// Forgets what a dead worker asked for. If that has the world, or is about to, the caller has it
    /// instead: a ticket for that, and the pause if there is one.
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

    /// The holder is no longer the worker that asked. False if that does not have the world any more.
    pub(super) fn disown(&mut self, ticket: Ticket) -> bool {
        let Some(active) = self.active.as_mut().filter(|active| active.holder.ticket == ticket)
        else {
            return false;
        };
        active.holder.wanted.worker = None;
        true
    }

    /// What the active request is for.
    pub(super) fn active_reason(&self) -> Option<R> {
        self.active.as_ref().map(|active| active.holder.wanted.reason)
    }

    /// Requests that wait, joined ones included.
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
        self.active = Some(Active { holder, stage: Stage::Called, joined: VecDeque::new() });
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

    /// Has the request's pause armed and stopped the world.
    fn stop(
        queue: &mut Queue<StopReason>,
        ticket: Ticket,
        number: u64,
    ) -> Arc<PauseRecord<StopReason>> {
        assert!(matches!(queue.turn(ticket, clock::now(), AGING), Turn::Arm));
        queue.arms(PauseId::new(number));
        let record = Arc::new(PauseRecord::of_nobody(PauseId::new(number)));
        assert!(queue.stopped(ticket, &record));
        record
    }

    /// Whose turn it is of a collection that was asked for at once and a debug request that came
    /// `later`.
    fn first_of_two(later: Duration) -> StopReason {
        let began = clock::now();
        let now = began.saturating_add(AGING * 5);
        let mut queue = Queue::new();
        let collection = queue.enter(wanted(StopReason::GarbageCollection, began));
        let debug = queue.enter(wanted(StopReason::Debug, began.saturating_add(later)));
        if matches!(queue.turn(collection, now, AGING), Turn::Arm) {
            return StopReason::GarbageCollection;
        }
        assert!(matches!(queue.turn(debug, now, AGING), Turn::Arm), "it is nobody's turn");
        StopReason::Debug
    }

    #[test]
    fn two_steps_of_priority_are_worth_twice_the_aging() {
        let step = Duration::from_micros(1);
        assert_eq!(first_of_two(AGING * 2 - step), StopReason::Debug);
        assert_eq!(first_of_two(AGING * 2 + step), StopReason::GarbageCollection);
    }

    #[test]
    fn an_impatient_request_does_not_overtake_those_that_wait() {
        let now = clock::now();
        let mut queue = Queue::new();
        let waiting = queue.enter(wanted(StopReason::Snapshot, now));
        let refused = queue.try_enter(wanted(StopReason::Debug, now), AGING);
        assert_eq!(refused, Err(StopReason::Snapshot));
        assert!(queue.withdraw(waiting));
        assert!(queue.try_enter(wanted(StopReason::Debug, now), AGING).is_ok());
    }

    #[test]
    fn what_a_dead_worker_asked_for_is_forgotten() {
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
    fn nothing_that_the_dead_do_with_their_ticket_has_an_effect() {
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
    fn all_who_want_only_what_was_done_are_answered_at_once() {
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
        assert!(matches!(queue.turn(fourth, now, AGING), Turn::Take(_)), "it wanted the world");
        assert!(matches!(queue.turn(late, now, AGING), Turn::Wait(_)), "it came too late to join");
        assert_eq!(queue.let_go(fourth, now), LetGo::Release);
        queue.released(fourth, now, Duration::ZERO);
        assert!(matches!(queue.turn(late, now, AGING), Turn::Arm));
    }

    #[test]
    fn nobody_is_answered_by_an_operation_that_was_not_done() {
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
