//! Cooperative stop-the-world pauses.
//!
//! Threads that execute a program register as [`Worker`]s and poll. Whoever needs the world to stand
//! still asks the [`SafepointCoordinator`] and gets a [`StoppedWorld`]; as long as that lives, no
//! worker runs.
//!
//! # Guarantees
//!
//! 1. From the moment a request returns its [`StoppedWorld`] until that is released, no worker runs.
//!    At most one exists.
//! 2. What a worker wrote before its ack is visible to whoever holds the world; what was written
//!    while it was held is visible to every worker that runs on.
//! 3. No wake-up is lost across pauses back to back, and a slow leaver of one pause is never counted
//!    as an arrival of the next.
//! 4. Workers may register, deregister, enter and leave safe regions and die at any time, also while
//!    a pause arms or is in force: nobody hangs, and nobody runs in a stopped world.
//! 5. Each request is answered exactly once, with the world or with a [`PauseError`]; after an error
//!    the world runs on and the next request works.
//! 6. A worker may ask too: it counts as stopped while it waits, so two that ask at once do not
//!    deadlock.
//! 7. A poll with nothing to do is one relaxed load and one branch.
//! 8. Who waits sleeps.
//!
//! No safe call breaks them, whatever it is given: what is done to a worker or for a request is bound
//! to that registration ([`WorkerHandle`]) or request, and does nothing where that is over; panics of
//! posted closures, observers and shared work are caught and told to whom they belong. `docs/safepoint.md`
//! argues each.
//!
//! # Duties
//!
//! **A worker** polls, or enters a safe region, before long; touches shared state only while it is
//! neither stopped nor in a safe region; asks for pauses and handshakes through its own [`Worker`].
//! **Who holds the world** lets go of it, and does not wait for a worker to do something meanwhile.
//! **Who takes a world as its permission** asks whose it is ([`StoppedWorld::belongs_to`]).
//! **Who sees a thread die** without its `Worker` being dropped says so, with
//! [`WorkerHandle::mark_dead`].
//!
//! # Mechanism
//!
//! One word per worker (see the table in `slot`) holds what the worker is (SAFE or not) and what is
//! asked of it (REQ and whose, HANDSHAKE), so that becoming SAFE, running again and being asked are
//! read-modify-writes of one word and come one after the other. An arrival is a worker that sets SAFE
//! where REQ was; it counts down a number tagged with the pause (`arrivals`), and the one that reaches
//! zero rings the requester's bell. Stopped workers sleep on one gate, which opens after REQ was
//! cleared everywhere; before they sleep they look whether the holder has work to share (`help`), which
//! they do without ceasing to be stopped. Requests wait in a queue (`queue`) with priority, aging, joining, and a rest
//! for the workers between pauses.

#![cfg_attr(
    all(target_arch = "wasm32", target_feature = "atomics"),
    feature(asm_experimental_arch, stdarch_wasm_atomic_wait)
)]
#![cfg_attr(not(target_arch = "wasm32"), deny(unstable_features))]

mod arrivals;
mod bias;
mod builder;
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
mod limit;
mod mutant;
mod observer;
mod place;
mod queue;
mod reason;
mod record;
mod request;
mod shared;
mod slot;
mod statistics;
pub mod sync;
mod table;
mod visit;
mod worker;
mod world;

pub use bias::{Bias, BiasEntry, BiasReport, ENOUGH_PAUSES, LatenessReport, SIGNIFICANCE};
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
pub use slot::{PollWord, WorkerState};
pub use statistics::{ReasonStatistics, SafepointStatistics};
pub use visit::StoppedWorker;
pub use worker::{ParkedWorker, SafeRegion, Worker};
pub use world::{Answer, OwnWorld, StoppedWorld};

#[cfg(all(doctest, not(any(loom, shuttle))))]
#[doc = include_str!("must_not_compile.md")]
struct MustNotCompile;

#[cfg(all(doctest, not(any(loom, shuttle))))]
#[doc = include_str!("../README.md")]
struct Readme;
