//! Cooperative stop-the-world pauses for threads that execute a program.
//!
//! Each such thread registers as a [`Worker`] and *polls*: it checks often whether it has to stop. A
//! *requester* asks the [`SafepointCoordinator`] for a pause and receives a [`StoppedWorld`]; it is
//! then the *holder*, and no worker runs until it releases the world by dropping that guard.
//!
//! # Guarantees
//!
//! 1. From the moment a request returns its [`StoppedWorld`] until the holder releases it, no worker
//!    runs. At most one [`StoppedWorld`] exists.
//! 2. Writes of a worker before its ack are visible to the holder; writes during the pause are
//!    visible to every worker that runs afterwards.
//! 3. No wake-up is lost, also if pauses follow each other at once. A worker that is slow to leave
//!    one pause is never counted as an arrival of the next.
//! 4. Workers may register, deregister, enter and leave safe regions and die at any time, also while
//!    a pause arms or is in force: no thread hangs, and no worker runs in a stopped world.
//! 5. Each request is answered exactly once, with the world or with a [`PauseError`]. After an error
//!    the workers run on and the next request works.
//! 6. A worker may request a pause, too. It counts as stopped while it waits, so two workers that
//!    request at once do not deadlock.
//! 7. A poll with nothing to do is one relaxed load and one branch.
//! 8. A thread that waits sleeps.
//!
//! No safe call breaks a guarantee, whatever its arguments are. An action on a worker or on a request
//! is bound to that one registration ([`WorkerHandle`]) or request, and does nothing once it is over.
//! Panics of posted closures, observers and shared work are caught and reported to the owner of that
//! code. `docs/safepoint.md` gives the argument for each guarantee.
//!
//! # Duties
//!
//! * A **worker** polls, or enters a safe region, before long. It touches shared state only while it
//!   is neither stopped nor in a safe region. It requests pauses and handshakes through its own
//!   [`Worker`].
//! * The **holder** releases the world, and does not wait for a worker to do something before that.
//! * **Code that takes a [`StoppedWorld`] as its permission** checks that it is the world of the right
//!   coordinator ([`StoppedWorld::belongs_to`]).
//! * **A thread that learns of the death of a worker's thread** declares the worker dead with
//!   [`WorkerHandle::mark_dead`], unless the [`Worker`] was dropped.
//!
//! # Mechanism
//!
//! One word per worker (see the table in `slot`) holds the worker's state (SAFE or not) and the
//! requests to it (REQ with the tag of the pause, HANDSHAKE). Becoming SAFE, running again and arming
//! are read-modify-writes of this one word, so of any two one comes first.
//!
//! A worker that sets SAFE while REQ is set *arrives*. The arrival takes one off a count that carries
//! the tag of the pause (`arrivals`); the arrival that brings it to zero rings the requester's bell.
//!
//! Stopped workers sleep on one gate. It opens after REQ was cleared in every word. Before a worker
//! sleeps, it checks whether the holder shares work (`help`), and does a part of it while it stays
//! stopped.
//!
//! Requests wait in a queue (`queue`). It has priorities, raises them with the time that a request
//! has waited, lets requests join a pause, and gives the workers time to run between two pauses.

#![cfg_attr(
    all(target_arch = "wasm32", target_feature = "atomics"),
    feature(asm_experimental_arch, stdarch_wasm_atomic_wait)
)]
#![cfg_attr(not(target_arch = "wasm32"), deny(unstable_features))]

mod arrivals;
mod bias;
mod builder;
mod burial;
mod cancel;
pub mod clock;
mod config;
mod contain;
mod coordinator;
mod error;
mod handle;
mod handshake;
mod help;
mod histogram;
mod ids;
mod inbox;
mod limit;
mod mutant;
mod observer;
mod place;
mod post;
mod queue;
mod reason;
mod record;
mod request;
mod seat;
mod shared;
mod slot;
mod statistics;
pub mod sync;
mod table;
mod visit;
mod worker;
mod world;

pub use bias::{Bias, ENOUGH_PAUSES, Lateness, SIGNIFICANCE};
pub use builder::PauseRequest;
pub use cancel::CancelToken;
pub use config::{Config, OnDeadline};
pub use coordinator::{SafepointCoordinator, WorkerStatus};
pub use error::{PauseError, Straggler, Stragglers};
pub use handle::WorkerHandle;
pub use handshake::{HandshakeReport, HandshakeTarget};
pub use help::{HelpReport, SharedWork};
pub use histogram::{DurationSummary, Durations};
pub use ids::{PauseId, WorkerId};
pub use limit::PollLimit;
#[cfg(any(loom, shuttle))]
#[doc(hidden)]
pub use mutant::{Mutant, set_mutant};
pub use observer::{Event, Observer};
pub use place::Place;
pub use reason::{Reason, StopReason};
pub use record::{Arrival, PauseReport};
pub use seat::SafeRegion;
pub use slot::{PollWord, WorkerState};
pub use statistics::{ReasonStatistics, SafepointStatistics};
pub use visit::StoppedWorker;
pub use worker::{ParkedWorker, Worker};
pub use world::{Answer, OwnWorld, StoppedWorld};

#[cfg(all(doctest, not(any(loom, shuttle))))]
#[doc = include_str!("must_not_compile.md")]
struct MustNotCompile;

#[cfg(all(doctest, not(any(loom, shuttle))))]
#[doc = include_str!("../README.md")]
struct Readme;
