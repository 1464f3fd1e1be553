//! Writes events into the rings, as an observer of coordinator and machine.
//!
//! A worker's ring is written by that worker's thread alone. Requests come from several threads, so
//! the requester's ring has a lock; it is taken on the requesters' slow paths only.

use std::time::Duration;

use safepoint::sync::{Mutex, lock};

use crate::trace::{Event, EventKind, Read, Ring};
use machine::vm::Location;
use safepoint::clock::Timestamp;
use safepoint::sync::Ordering;
use safepoint::sync::record::AtomicU32;
use safepoint::{Event as Transition, Observer, StopReason, WorkerId};

/// Events that each ring holds.
const RING_EVENTS: u32 = 4096;
/// The lane of a registration number that no worker has.
const NO_LANE: u32 = u32::MAX;

/// The rings of one run.
pub struct Recorder {
    workers: Box<[Ring]>,
    requester: Mutex<Requester>,
    /// Lane of each registered worker by its registration number. Written by the worker before its
    /// first event and read by the same thread; relaxed.
    lanes: Box<[AtomicU32]>,
}

struct Requester {
    ring: Ring,
    reason: u8,
}

/// Microseconds since the clock's origin.
pub fn micros(at: Timestamp) -> f64 {
    at.as_nanos() as f64 / 1e3
}

impl Recorder {
    /// A ring for each worker, and one for the requesters.
    pub fn new(workers: usize) -> Self {
        Self {
            workers: (0..workers).map(|_| Ring::new(RING_EVENTS)).collect(),
            requester: Mutex::new(Requester { ring: Ring::new(RING_EVENTS), reason: 0 }),
            lanes: (0..workers).map(|_| AtomicU32::new(NO_LANE)).collect(),
        }
    }

    /// Notes that the worker on this thread has this lane.
    pub fn worker_is(&self, worker: WorkerId, lane: usize) {
        if let Some(entry) = self.lanes.get(worker.number() as usize) {
            entry.store(lane as u32, Ordering::Relaxed);
        }
    }

    /// The lane of a registered worker.
    pub fn lane(&self, worker: WorkerId) -> Option<usize> {
        let lane = self.lanes.get(worker.number() as usize)?.load(Ordering::Relaxed);
        (lane != NO_LANE).then_some(lane as usize)
    }

    /// Writes an event of a lane; only on that worker's own thread.
    pub fn write(&self, lane: usize, event: &Event) {
        if let Some(ring) = self.workers.get(lane) {
            ring.write(event);
        }
    }

    /// A lane's events since `cursor`. Moves the cursor behind them.
    pub fn read(&self, lane: usize, cursor: &mut u32) -> Read {
        self.workers.get(lane).map(|ring| ring.read(cursor)).unwrap_or_default()
    }

    /// Addresses and capacities of the workers' rings, the requester's last.
    pub fn rings(&self) -> Vec<(usize, u32)> {
        let requester = lock(&self.requester);
        self.workers
            .iter()
            .chain(std::iter::once(&requester.ring))
            .map(|ring| (ring.address(), ring.capacity()))
            .collect()
    }

    fn request(&self, kind: EventKind, at: Timestamp, pause: u32, reason: Option<StopReason>) {
        let mut requester = lock(&self.requester);
        if let Some(reason) = reason {
            requester.reason = reason.index() as u8;
        }
        let detail = requester.reason;
        requester.ring.write(&Event { detail, pause, ..Event::new(micros(at), kind) });
    }

    /// A handshake is over. `at`: the place in the program, if that made it.
    pub fn handshake(&self, with: Option<usize>, at: Location, ended: Timestamp, took: Duration) {
        let Location { task, function, instruction, .. } = at;
        let event = Event {
            detail: with.map_or(0, |worker| worker as u8 + 1),
            task,
            function,
            instruction,
            count: u32::try_from(took.as_micros()).unwrap_or(u32::MAX),
            ..Event::new(micros(ended), EventKind::Handshake)
        };
        lock(&self.requester).ring.write(&event);
    }

    fn own(
        &self,
        worker: Option<WorkerId>,
        at: Timestamp,
        kind: EventKind,
        pause: u32,
        location: Option<Location>,
        progress: u64,
    ) {
        let Some(lane) = worker.and_then(|worker| self.lane(worker)) else { return };
        let mut event = Event { pause, count: progress as u32, ..Event::new(micros(at), kind) };
        if let Some(location) = location {
            event.task = location.task;
            event.function = location.function;
            event.instruction = location.instruction;
            event.detail = location.kind as u8;
        }
        self.write(lane, &event);
    }
}

impl Observer for Recorder {
    fn observe(&self, worker: Option<WorkerId>, at: Timestamp, event: &Transition) {
        let number = |pause: &safepoint::PauseId| pause.number() as u32;
        match event {
            Transition::SafeEntered => self.own(worker, at, EventKind::SafeEnter, 0, None, 0),
            Transition::SafeLeft => self.own(worker, at, EventKind::SafeLeave, 0, None, 0),
            Transition::Deregistered => self.own(worker, at, EventKind::WorkerEnd, 0, None, 0),
            Transition::Arrived { pause, place, progress } => {
                let location = place.map(Location::from);
                self.own(worker, at, EventKind::Arrived, number(pause), location, *progress);
            }
            Transition::Resumed => self.own(worker, at, EventKind::Resumed, 0, None, 0),
            Transition::Died { worker } => {
                let lane = self.lane(*worker).map_or(NO_LANE, |lane| lane as u32);
                self.request(EventKind::Died, at, lane, None);
            }
            Transition::Requested { reason, .. } => {
                self.request(EventKind::Requested, at, 0, Some(*reason));
            }
            Transition::Armed { pause, reason, .. } => {
                self.request(EventKind::Armed, at, number(pause), Some(*reason));
            }
            Transition::Stopped { pause } => {
                self.request(EventKind::Stopped, at, number(pause), None);
            }
            Transition::Released { pause } => {
                self.request(EventKind::Released, at, number(pause), None);
            }
            Transition::TimedOut { pause, .. } => {
                self.request(EventKind::TimedOut, at, pause.as_ref().map_or(0, number), None);
            }
            Transition::Cancelled { pause, .. } => {
                self.request(EventKind::Cancelled, at, pause.as_ref().map_or(0, number), None);
            }
            Transition::Warned { pause, .. } => {
                self.request(EventKind::Warned, at, number(pause), None);
            }
            _ => {}
        }
    }
}
