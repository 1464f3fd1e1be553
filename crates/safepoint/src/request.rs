//! From a request to a stopped world.
//!
//! A request waits in the [queue](super::queue), arms every slot, and waits for the arrivals. It can be
//! given up until the last arrival. If both happen at once, one compare-exchange of the arrival count
//! decides which of them is first.
//!
//! A worker that requests a pause may be declared dead at any moment of this. The thread that buries it
//! takes its place in the queue and ends its pause. So each step here that affects other threads is
//! bound to one request or pause: arming to the ticket, under the queue's lock; giving up to the
//! count's epoch; collecting and releasing to the pause that the table has armed; taking effect to the
//! ticket. If the thread of the buried worker still lives, it comes to one of these steps, or to a bell
//! that the burial rang. There it finds that its request is [forgotten](Unmet::Forgotten), and it
//! panics where it leaves its safe region.

use super::{
    cancel::{CancelToken, CancelWatch},
    config::OnDeadline,
    error::{PauseError, Stragglers},
    ids::{PauseId, WorkerId},
    observer::Event,
    queue::{Queue, Ticket, Turn, Wanted},
    reason::Reason,
    record::PauseRecord,
    seat::Seat,
    shared::Shared,
    visit::Visitor,
};
use crate::clock::{self, Timestamp};
use std::{sync::Arc, time::Duration};

mod arming;

/// One request's settings. Where a field is `None`, the coordinator's [`Config`](super::Config) holds.
#[derive(Clone, Default)]
pub(super) struct Options {
    pub(super) warn_after: Option<Duration>,
    pub(super) deadline: Option<Duration>,
    pub(super) on_deadline: Option<OnDeadline>,
    /// For the whole request: in the queue and while it waits for workers.
    pub(super) timeout: Option<Duration>,
    pub(super) cancel: Option<CancelToken>,
    pub(super) note: Option<Arc<str>>,
}

/// How a request waits for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// It waits for its turn.
    InTurn,
    /// It waits for its turn, or until another holder has done its operation.
    UnlessDone,
    /// It does not wait for others.
    IfFree,
}

/// The world, held for one request.
pub(super) struct Held<R> {
    pub(super) record: Arc<PauseRecord<R>>,
    pub(super) ticket: Ticket,
    pub(super) requested_at: Timestamp,
    /// When this request received the world.
    pub(super) granted_at: Timestamp,
    pub(super) joined: bool,
}

impl<R> Clone for Held<R> {
    fn clone(&self) -> Self {
        Self { record: Arc::clone(&self.record), ..*self }
    }
}

/// How a request was granted.
pub(super) enum Granted<R> {
    /// It has the world.
    World(Held<R>),
    /// Another holder has done its operation, in this pause. Only for [`Asking::UnlessDone`].
    Done(PauseId),
}

impl<R> Granted<R> {
    /// The world of a request that was not made with [`Asking::UnlessDone`].
    pub(super) fn world(self) -> Held<R> {
        match self {
            Self::World(held) => held,
            Self::Done(pause) => unreachable!("asked for the world, and answered by {pause}"),
        }
    }
}

/// Why a request is not granted.
pub(super) enum Unmet<R> {
    /// It is answered with this error.
    Error(PauseError<R>),
    /// The worker that requested was declared dead, so there is no answer.
    Forgotten,
}

impl<R> From<PauseError<R>> for Unmet<R> {
    fn from(error: PauseError<R>) -> Self {
        Self::Error(error)
    }
}

/// A request that was made. It may not be in the queue yet.
pub(super) struct Request<'a, R: Reason, D> {
    shared: &'a Shared<R, D>,
    reason: R,
    /// The worker that requests, if the requester is one.
    seat: Option<&'a Seat<R, D>>,
    requested_at: Timestamp,
    options: &'a Options,
    watch: CancelWatch<'a>,
    give_up_at: Option<Timestamp>,
}

/// A request's place in the queue.
#[must_use]
pub(super) struct Queued {
    ticket: Ticket,
    /// If it is the active request already: when it may arm.
    rest_until: Option<Timestamp>,
    /// The pause that was in force when it joined the queue.
    behind: Option<PauseId>,
}

/// Why a request stops waiting.
enum GivesUp {
    Cancelled,
    TimedOut,
}

impl<'a, R: Reason, D> Request<'a, R, D> {
    pub(super) fn new(
        shared: &'a Shared<R, D>,
        reason: R,
        options: &'a Options,
        seat: Option<&'a Seat<R, D>>,
    ) -> Self {
        let requested_at = clock::now();
        let request = Self {
            shared,
            reason,
            seat,
            requested_at,
            watch: CancelWatch::new(shared, options.cancel.as_ref()),
            give_up_at: options.timeout.map(|timeout| requested_at.saturating_add(timeout)),
            options,
        };
        shared.observe_at(request.worker(), requested_at, || Event::Requested {
            reason,
            note: options.note.clone(),
        });
        request
    }

    /// Joins the queue. Does not wait, so a worker does this while it still runs.
    ///
    /// # Errors
    ///
    /// [`PauseError::Busy`], for a request that does not wait for others.
    pub(super) fn queue(&self, asking: Asking) -> Result<Queued, PauseError<R>> {
        let wanted = Wanted {
            reason: self.reason,
            requested_at: self.requested_at,
            worker: self.worker(),
            unless_done: asking == Asking::UnlessDone,
        };
        if asking != Asking::IfFree {
            let enter = |queue: &mut Queue<R>| (queue.enter(wanted), queue.pause());
            let (ticket, behind) = self.shared.with_queue(enter);
            return Ok(Queued { ticket, rest_until: None, behind });
        }
        let aging = self.shared.config.aging;
        match self.shared.with_queue(|queue| queue.try_enter(wanted, aging)) {
            Ok((ticket, rest_until)) => {
                Ok(Queued { ticket, rest_until: Some(rest_until), behind: None })
            }
            Err(active) => {
                let error = PauseError::Busy { active };
                self.answered(Some(&error));
                Err(error)
            }
        }
    }

    /// Waits until the request is granted. If the requester is a worker, it is SAFE.
    pub(super) fn wait(
        &self,
        queued: Queued,
        visitor: Option<&mut Visitor<'_, D>>,
    ) -> Result<Granted<R>, Unmet<R>> {
        let answer = self.wait_for_turn(queued, visitor);
        match &answer {
            Ok(_) => self.answered(None),
            Err(Unmet::Error(error)) => self.answered(Some(error)),
            Err(Unmet::Forgotten) => {
                if let Some(dead) = self.worker() {
                    // It may have joined the queue after it was buried.
                    self.shared.forget(dead);
                }
            }
        }
        answer
    }

    /// Counts the answer.
    fn answered(&self, error: Option<&PauseError<R>>) {
        self.shared.statistics().request(self.reason, error);
        if error.is_some() {
            // Requests that wait behind one that gave up must check again.
            self.shared.bells.turnstile.ring();
        }
    }

    fn worker(&self) -> Option<WorkerId> {
        self.seat.map(|seat| seat.id)
    }

    /// Whether the requester is a worker that was declared dead. No later event rings a bell for it.
    fn is_forgotten(&self) -> bool {
        self.seat.is_some_and(Seat::is_dead)
    }

    /// Waits until the request may arm, and arms; or until a pause that another request has armed
    /// grants it.
    fn wait_for_turn(
        &self,
        queued: Queued,
        mut visitor: Option<&mut Visitor<'_, D>>,
    ) -> Result<Granted<R>, Unmet<R>> {
        let Queued { ticket, rest_until, mut behind } = queued;
        let aging = self.shared.config.aging;
        loop {
            let seen = self.shared.bells.turnstile.load();
            if self.is_forgotten() {
                return Err(Unmet::Forgotten);
            }
            let now = clock::now();
            if let Some(why) = self.gives_up(now) {
                let withdrawn = self.shared.with_queue(|queue| {
                    let held_by = queue.active_reason();
                    behind = queue.pause().or(behind);
                    queue.withdraw(ticket).then(|| (held_by, queue.number()))
                });
                if let Some((held_by, pause)) = withdrawn {
                    self.shared.observe_at(self.worker(), now, || Event::Withdrawn {
                        pause,
                        reason: self.reason,
                        requested_at: self.requested_at,
                        note: self.options.note.clone(),
                        behind,
                        cancelled: matches!(why, GivesUp::Cancelled),
                    });
                    let waited = now.since(self.requested_at);
                    let none = Stragglers::new(Vec::new(), waited, held_by);
                    return Err(self.given_up(why, None, none).into());
                }
            }
            let rest = rest_until.filter(|&until| now < until);
            let wake_at = if rest.is_some() {
                rest
            } else {
                let turn = self.shared.with_queue(|queue| {
                    behind = queue.pause().or(behind);
                    queue.turn(ticket, now, aging)
                });
                match turn {
                    Turn::Arm => {
                        let record = self.stop(ticket, visitor.take())?;
                        return Ok(self.granted(record, ticket, false));
                    }
                    Turn::Take(record) => return Ok(self.granted(record, ticket, true)),
                    Turn::Done(pause) => return Ok(self.done(pause)),
                    Turn::Wait(until) => until,
                    Turn::CalledAnother => {
                        self.shared.bells.turnstile.ring();
                        continue;
                    }
                }
            };
            let wake_at = earliest(wake_at, self.give_up_at);
            self.shared.bells.turnstile.wait(seen, wake_at.map(|at| at.since(now)));
        }
    }

    fn granted(&self, record: Arc<PauseRecord<R>>, ticket: Ticket, joined: bool) -> Granted<R> {
        let granted_at = if joined { clock::now() } else { record.stopped_at };
        let requested_at = self.requested_at;
        Granted::World(Held { record, ticket, requested_at, granted_at, joined })
    }

    fn done(&self, pause: PauseId) -> Granted<R> {
        let waited = clock::now().since(self.requested_at);
        self.shared.statistics().granted(self.reason, waited, true);
        Granted::Done(pause)
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

    fn given_up(
        &self,
        why: GivesUp,
        pause: Option<PauseId>,
        stragglers: Stragglers<R>,
    ) -> PauseError<R> {
        match why {
            GivesUp::Cancelled => {
                self.shared.observe(self.worker(), || Event::Cancelled {
                    pause,
                    stragglers: stragglers.clone(),
                });
                PauseError::Cancelled
            }
            GivesUp::TimedOut => {
                self.shared.observe(self.worker(), || Event::TimedOut {
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
