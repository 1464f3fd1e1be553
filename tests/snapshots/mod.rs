//! Takes snapshots at chosen polls.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{ThreadId, current};
use std::time::Duration;

use ::machine::snapshot::{CaptureError, Notes, Snapshot, capture};
use ::machine::vm::{Machine, MachineConfig, MachineEvent, MachineObserver};
use bytecode::VerifiedModule;
use safepoint::clock::Timestamp;
use safepoint::{Config, Event, Observer, PauseId, SafepointCoordinator, StopReason, WorkerId};
use safepoint_lab::vm::{Location, LocationKind};

use super::machine::{LIMIT, Ran, Running, start_machine};

/// The heap's limit of every program here.
pub const HEAP: u64 = 32 << 20;

/// The first polls, each of which is a stop. Programs that poll more often are stopped at other
/// times after these.
pub const STOPS: u64 = 600;

/// Keeps released workers, and tasks that begin or go on, from running before the next stop is
/// armed: so each of their polls is a stop.
#[derive(Default)]
struct EveryPoll {
    turn: Mutex<Turn>,
    changed: Condvar,
}

#[derive(Default)]
struct Turn {
    armed: u64,
    released: u64,
    /// Pauses that the program itself requested, while the world does not stand still for them yet: they need the
    /// workers that wait for the next stop.
    others: HashSet<PauseId>,
    over: bool,
    /// Workers that wait for the next stop, or are in a safe region.
    at_rest: HashSet<ThreadId>,
    /// Workers that stopped between two tasks: they must go on to find one.
    between: HashSet<ThreadId>,
}

impl EveryPoll {
    fn change(&self, change: impl FnOnce(&mut Turn)) {
        change(&mut self.turn.lock().expect("no panic"));
        self.changed.notify_all();
    }

    fn wait_for_the_next(&self) {
        self.change(|turn| _ = turn.at_rest.insert(current().id()));
        let turn = self.turn.lock().expect("no panic");
        let waits =
            |turn: &mut Turn| turn.armed <= turn.released && turn.others.is_empty() && !turn.over;
        let (mut turn, late) =
            self.changed.wait_timeout_while(turn, LIMIT, waits).expect("no panic");
        assert!(!late.timed_out(), "the next stop does not come");
        turn.at_rest.remove(&current().id());
    }

    /// Waits until every worker is where the next stop will find it; not for long, because some may
    /// work without a poll.
    fn wait_until_all_rest(&self, coordinator: &SafepointCoordinator) {
        let turn = self.turn.lock().expect("no panic");
        let waits = |turn: &mut Turn| turn.at_rest.len() < coordinator.worker_count();
        drop(self.changed.wait_timeout_while(turn, Duration::from_millis(20), waits));
    }
}

impl Observer for EveryPoll {
    fn observe(&self, _worker: Option<WorkerId>, _at: Timestamp, event: &Event) {
        let me = current().id();
        match event {
            Event::Armed { reason: StopReason::Snapshot, .. } => {
                self.change(|turn| turn.armed += 1);
            }
            Event::Armed { pause, .. } => self.change(|turn| _ = turn.others.insert(*pause)),
            Event::Stopped { pause } => self.change(|turn| _ = turn.others.remove(pause)),
            Event::Arrived { place: Some(place), .. }
                if matches!(
                    Location::from(*place).kind,
                    LocationKind::Idle | LocationKind::Poll
                ) =>
            {
                self.change(|turn| _ = turn.between.insert(me));
            }
            Event::SafeEntered => self.change(|turn| _ = turn.at_rest.insert(me)),
            Event::SafeLeft | Event::Deregistered => {
                self.change(|turn| _ = turn.at_rest.remove(&me));
            }
            Event::Resumed => {
                let mut between = false;
                self.change(|turn| between = turn.between.remove(&me));
                if !between {
                    self.wait_for_the_next();
                }
            }
            _ => {}
        }
    }
}

impl MachineObserver for EveryPoll {
    fn event(&self, _worker: Option<usize>, event: MachineEvent) {
        if let MachineEvent::TaskStarted { .. } = event {
            self.wait_for_the_next();
        }
    }
}

/// A program that ran to its end, and the snapshots that were taken on the way.
pub struct Taken {
    pub ran: Ran,
    pub snapshots: Vec<Vec<u8>>,
}

/// As [`take_with`] a heap of [`HEAP`] bytes.
pub fn take(
    module: &VerifiedModule,
    workers: usize,
    every: u64,
    most: usize,
    endless: bool,
) -> Taken {
    take_with(HEAP, module, workers, every, most, endless)
}

/// Runs a program and takes a snapshot at every n-th of its first polls, and at other times if it
/// goes on for long, at most `most` in all. A program without an end is stopped after the last one.
pub fn take_with(
    heap: u64,
    module: &VerifiedModule,
    workers: usize,
    every: u64,
    most: usize,
    endless: bool,
) -> Taken {
    let observer = Arc::new(EveryPoll::default());
    let coordinator = SafepointCoordinator::with_config(Config {
        observer: Some(Arc::clone(&observer) as Arc<dyn Observer>),
        min_running_interval: Duration::ZERO,
        ..Config::default()
    });
    let mut config = MachineConfig::new(coordinator.clone());
    config.workers = workers;
    config.heap_limit_bytes = heap;
    config.observer = Some(Arc::clone(&observer) as Arc<dyn MachineObserver>);
    let machine = Machine::new(module.clone(), config).expect("memory for a heap");
    let running = start_machine(machine.clone(), coordinator.clone());
    let mut snapshots = Vec::new();
    for stop in 1.. {
        let late = stop > STOPS;
        if late {
            observer.change(|turn| turn.over = true);
            machine.wait_outcome(Some(Duration::from_millis(10)));
        }
        if machine.outcome().is_some() || snapshots.len() >= most {
            break;
        }
        if !late {
            observer.wait_until_all_rest(&coordinator);
        }
        let request = coordinator.request(StopReason::Snapshot).timeout(LIMIT);
        let stopped = request.stop().expect("a pause");
        if late || stop % every == 0 {
            match capture(&machine, &stopped, &Notes::default()) {
                Ok(bytes) => snapshots.push(bytes),
                Err(error) => assert_eq!(error, CaptureError::Ended),
            }
        }
        observer.change(|turn| turn.released += 1);
        drop(stopped);
    }
    observer.change(|turn| turn.over = true);
    let ran = if endless { running.stop() } else { running.finish() };
    Taken { ran, snapshots }
}

/// A machine made of a snapshot, not yet running.
pub fn restored(bytes: &[u8], workers: usize) -> (Machine, SafepointCoordinator) {
    let coordinator = SafepointCoordinator::new();
    let snapshot = Snapshot::read(bytes).unwrap_or_else(|error| panic!("{error}"));
    let mut config = snapshot.config(coordinator.clone());
    config.workers = workers;
    let machine = snapshot.restore(config).unwrap_or_else(|error| panic!("{error}"));
    (machine, coordinator)
}

/// Goes on from a snapshot.
pub fn resume(bytes: &[u8], workers: usize) -> Running {
    let (machine, coordinator) = restored(bytes, workers);
    start_machine(machine, coordinator)
}

/// A snapshot of a machine without workers.
pub fn capture_at_rest(machine: &Machine, coordinator: &SafepointCoordinator) -> Vec<u8> {
    let stopped = coordinator.request_stw_pause(StopReason::Snapshot).expect("no worker runs");
    capture(machine, &stopped, &Notes::default()).expect("it has not ended")
}
