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
//! pause: when its holder lets go, the world is handed on without running in between.
//!
//! **Rest.** Between two pauses the world runs for at least
//! [`Config::min_running_interval`](super::Config::min_running_interval).

use super::{ids::WorkerId, reason::StopReason, record::PauseRecord};
use crate::clock::{Timestamp, nanos};
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// A request's number in the order of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// A request that waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) ticket: Ticket,
    pub(super) reason: StopReason,
    pub(super) requested_at: Timestamp,
    /// The worker that asked, if one did.
    pub(super) worker: Option<WorkerId>,
}

/// The request that has the world, or is about to.
struct Active {
    holder: Waiting,
    stage: Stage,
    /// Served by the same pause, one after the other.
    joined: VecDeque<Waiting>,
}

enum Stage {
    /// Its turn has come, but it has not noticed yet.
    Called,
    /// It is arming, or waiting for workers.
    Arming,
    /// The world is stopped.
    Stopped(Arc<PauseRecord>),
    /// Workers are being released.
    Releasing,
}

/// What a waiting request finds.
#[must_use]
pub(super) enum Turn {
    /// It may arm.
    Arm,
    /// The world is stopped already, and handed to it.
    Take(Arc<PauseRecord>),
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
#[derive(Default)]
pub(super) struct Queue {
    next_ticket: u64,
    waiting: Vec<Waiting>,
    active: Option<Active>,
    /// No pause is armed before.
    rest_until: Timestamp,
}

impl Queue {
    /// Adds a request.
    pub(super) fn enter(
        &mut self,
        reason: StopReason,
        requested_at: Timestamp,
        worker: Option<WorkerId>,
    ) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.waiting.push(Waiting { ticket, reason, requested_at, worker });
        ticket
    }

    /// Adds a request and calls it at once, unless another has the world or waits for it: then its
    /// reason. Also when the world must still rest; until when, comes back.
    pub(super) fn try_enter(
        &mut self,
        reason: StopReason,
        requested_at: Timestamp,
        worker: Option<WorkerId>,
        aging: Duration,
    ) -> Result<(Ticket, Timestamp), StopReason> {
        if let Some(active) = &self.active {
            return Err(active.holder.reason);
        }
        if let Some(next) = self.next(requested_at, aging) {
            return Err(self.waiting[next].reason);
        }
        let ticket = self.enter(reason, requested_at, worker);
        self.call(self.waiting.len() - 1);
        Ok((ticket, self.rest_until))
    }

    /// Looks whether it is `ticket`'s turn; if the world is free and it is not, calls whose it is.
    pub(super) fn turn(&mut self, ticket: Ticket, now: Timestamp, aging: Duration) -> Turn {
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
        match &mut self.active {
            Some(active) if active.holder.ticket == ticket => match &active.stage {
                Stage::Stopped(record) => Turn::Take(Arc::clone(record)),
                _ => {
                    active.stage = Stage::Arming;
                    Turn::Arm
                }
            },
            _ => Turn::Wait(None),
        }
    }

    /// Removes a request that gives up. False if the world was handed to it already.
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
        true
    }

    /// The active request's pause takes effect: requests for the same reason join it.
    pub(super) fn stopped(&mut self, record: &Arc<PauseRecord>) {
        let Some(active) = &mut self.active else {
            return;
        };
        active.stage = Stage::Stopped(Arc::clone(record));
        let reason = active.holder.reason;
        active.joined.extend(self.waiting.extract_if(.., |waiting| waiting.reason == reason));
    }

    /// The holder lets go.
    pub(super) fn let_go(&mut self, ticket: Ticket) -> LetGo {
        match &mut self.active {
            Some(active)
                if active.holder.ticket == ticket && matches!(active.stage, Stage::Stopped(_)) =>
            {
                if let Some(next) = active.joined.pop_front() {
                    active.holder = next;
                    LetGo::HandedOn
                } else {
                    active.stage = Stage::Releasing;
                    LetGo::Release
                }
            }
            _ => LetGo::NotHolder,
        }
    }

    /// The workers are released.
    pub(super) fn released(&mut self, now: Timestamp, rest: Duration) {
        self.active = None;
        self.rest_until = now.saturating_add(rest);
    }

    /// Forgets what a dead worker asked for. Its ticket if it holds the world.
    pub(super) fn forget(&mut self, worker: WorkerId) -> Option<Ticket> {
        self.waiting.retain(|waiting| waiting.worker != Some(worker));
        let active = self.active.as_mut()?;
        active.joined.retain(|joined| joined.worker != Some(worker));
        (active.holder.worker == Some(worker)).then_some(active.holder.ticket)
    }

    /// The holder is no longer the worker that asked.
    pub(super) fn disown(&mut self, ticket: Ticket) {
        if let Some(active) = &mut self.active
            && active.holder.ticket == ticket
        {
            active.holder.worker = None;
        }
    }

    /// What the active request is for.
    pub(super) fn active_reason(&self) -> Option<StopReason> {
        self.active.as_ref().map(|active| active.holder.reason)
    }

    /// Requests that wait, joined ones included.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.active.as_ref().map_or(0, |active| active.joined.len())
    }

    fn next(&self, now: Timestamp, aging: Duration) -> Option<usize> {
        let urgency = |waiting: &Waiting| {
            let waited = nanos(now.since(waiting.requested_at));
            waited.saturating_add(nanos(aging).saturating_mul(waiting.reason.priority()))
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
    use crate::clock;

    const AGING: Duration = Duration::from_millis(100);

    /// Whose turn it is of a collection that was asked for at once and a debug request that came
    /// `later`.
    fn first_of_two(later: Duration) -> StopReason {
        let began = clock::now();
        let now = began.saturating_add(AGING * 5);
        let mut queue = Queue::default();
        let collection = queue.enter(StopReason::GarbageCollection, began, None);
        let debug = queue.enter(StopReason::Debug, began.saturating_add(later), None);
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
        let mut queue = Queue::default();
        let waiting = queue.enter(StopReason::Snapshot, now, None);
        let refused = queue.try_enter(StopReason::Debug, now, None, AGING);
        assert_eq!(refused, Err(StopReason::Snapshot));
        assert!(queue.withdraw(waiting));
        assert!(queue.try_enter(StopReason::Debug, now, None, AGING).is_ok());
    }

    #[test]
    fn what_a_dead_worker_asked_for_is_forgotten() {
        let now = clock::now();
        let dead = WorkerId::new(7);
        let mut queue = Queue::default();
        queue.enter(StopReason::Debug, now, Some(dead));
        let other = queue.enter(StopReason::GarbageCollection, now, None);
        assert_eq!(queue.forget(dead), None, "it held nothing");
        assert!(matches!(queue.turn(other, now, AGING), Turn::Arm));
        queue.disown(other);
        assert_eq!(queue.forget(dead), None);
        assert_eq!(queue.len(), 0);
    }
}
