//! Which task runs next: no ready task is passed over by tasks that have just run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::machine::{Events, LIMIT, Running, module};
use ::machine::vm::{Machine, MachineConfig, MachineEvent, TaskState};
use safepoint::{SafepointCoordinator, StopReason};

/// Polls, so that its turn can end.
const BUSY: &str = ".func busy\nagain:\njmp again\n";
/// Sleeps again and again.
const SLEEPER: &str = ".func sleeper\nagain:\nconst 1\nsleep\njmp again\n";
/// Gives way again and again.
const POLITE: &str = ".func polite\nagain:\nyield\njmp again\n";
/// Hand a mutex on again and again, with a poll inside of the lock and one outside.
const LOCKERS: &str = ".global mutex\n.func locker\nagain:\ngload mutex\nlock\ncall nothing\npop\n\
    gload mutex\nunlock\njmp again\n.func nothing\nconst 0\nret\n";

/// A machine on threads. Slices end at once, and only the test ticks.
fn start(source: &str, workers: usize, events: &Arc<Events>) -> Running {
    let coordinator = SafepointCoordinator::new();
    let mut config = MachineConfig::new(coordinator.clone());
    config.workers = workers;
    config.slice = Duration::ZERO;
    config.observer = Some(Arc::clone(events) as _);
    let machine = Machine::new(module(source), config).expect("memory for a heap");
    let mut running = Running::without_ticks(machine, coordinator);
    for index in 0..workers {
        running.add_worker(index);
    }
    running
}

/// A `main` that starts the given number of each task and then is busy, too.
fn program(tasks: &[(&str, usize)], functions: &[&str]) -> String {
    let mut main = String::from(".func main\n");
    if functions.contains(&LOCKERS) {
        main += "newmutex\ngstore mutex\n";
    }
    for (name, count) in tasks {
        main += &format!("spawn {name}\npop\n").repeat(*count);
    }
    functions.concat() + &main + "call busy\nret\n"
}

/// A busy task gives way because another task could run, so another one must run.
#[test]
fn a_task_that_gives_way_does_not_run_again_before_a_sleeper_whose_time_has_come() {
    let events = Events::new();
    let source = program(&[("sleeper", 1)], &[BUSY, SLEEPER]);
    let running = start(&source, 1, &events);
    running.wait_for("turns of the sleeper", |machine| {
        machine.tick();
        turns_of(&events, 2).len() > 50
    });
    running.stop();
    let starts: Vec<u32> = events.all().into_iter().filter_map(started).collect();
    for pair in starts.windows(2) {
        assert_ne!(pair[0], pair[1], "task {} twice in {starts:?}", pair[0]);
    }
}

fn started(event: MachineEvent) -> Option<u32> {
    match event {
        MachineEvent::TaskStarted { task, .. } => Some(task),
        _ => None,
    }
}

fn turns_of(events: &Events, task: u32) -> Vec<u32> {
    events.all().into_iter().filter_map(started).filter(|started| *started == task).collect()
}

/// Ticks and inspects all tasks until each has had `turns` turns. Returns the most turns that began
/// while one task stayed ready.
fn most_passed_over(running: &Running, turns: u64) -> u64 {
    /// A task as it was first seen since it became ready, or since its last turn.
    #[derive(Clone, Copy)]
    struct Seen {
        own: u64,
        all: u64,
    }
    let mut ready: BTreeMap<u32, Seen> = BTreeMap::new();
    let mut most = 0;
    let begin = Instant::now();
    loop {
        running.machine.tick();
        let stopped = running.coordinator.request_stw_pause(StopReason::Debug);
        let stopped = stopped.expect("no time limit");
        let tasks = running.machine.tasks(&stopped);
        let all = running.machine.schedule().ready_to_running.count;
        drop(stopped);
        for task in &tasks {
            let now = Seen { own: task.turns.count, all };
            if task.state != TaskState::Ready {
                ready.remove(&task.id);
                continue;
            }
            let seen = ready.entry(task.id).or_insert(now);
            if seen.own != now.own {
                *seen = now;
            }
            most = most.max(now.all - seen.all);
        }
        if tasks.iter().all(|task| task.turns.count >= turns) {
            return most;
        }
        assert!(begin.elapsed() < LIMIT, "some have had too few turns: {tasks:#?}");
    }
}

/// No task starves, whatever the others do.
#[test]
fn a_ready_task_is_passed_over_only_by_tasks_that_were_ready_before_it() {
    let all = [BUSY, SLEEPER, POLITE, LOCKERS];
    for tasks in [
        &[("busy", 0), ("sleeper", 3)][..],
        &[("busy", 4), ("sleeper", 1)],
        &[("polite", 2), ("sleeper", 2)],
        &[("busy", 1), ("locker", 3)],
        &[("busy", 2), ("sleeper", 8), ("polite", 2), ("locker", 2)],
    ] {
        let count = 1 + tasks.iter().map(|(_, count)| *count as u64).sum::<u64>();
        for workers in [1, 4] {
            let running = start(&program(tasks, &all), workers, &Events::new());
            running.wait_for("all tasks", |machine| machine.schedule().ready_to_running.count > 0);
            let most = most_passed_over(&running, 12);
            running.stop();
            assert!(most <= count, "{most} times with {workers} workers and {tasks:?}");
        }
    }
}

/// A hand-over makes the waiting task ready. The task that handed the mutex over queues behind it.
#[test]
fn a_mutex_is_handed_to_each_waiting_task_in_turn() {
    let events = Events::new();
    let source = program(&[("locker", 3)], &[BUSY, LOCKERS]);
    let running = start(&source, 1, &events);
    assert!(most_passed_over(&running, 50) <= 4);
    running.stop();
}

/// When ready tasks do not run, the schedule says why.
#[test]
fn the_schedule_says_that_all_workers_are_blocked_while_tasks_are_ready() {
    for blocking in ["block", "stall"] {
        let source = format!(
            ".func blocks\nconst 60000\n{blocking}\nconst 0\nret\n.func main\n{}const 60000\n{blocking}\nconst 0\nret\n",
            "spawn blocks\npop\n".repeat(4)
        );
        let running = start(&source, 2, &Events::new());
        running.wait_for("both workers to block", |machine| machine.schedule().blocked == 2);
        let schedule = running.machine.schedule();
        assert_eq!(schedule.to_string(), "All 2 workers are blocked; 3 tasks are ready.");
        assert_eq!(schedule.ready_to_running.count, 2);
        running.stop();
    }
}

/// The time for which a task was ready is counted once for each turn, for the task and in the
/// total.
#[test]
fn each_turn_has_one_wait() {
    let running = start(&program(&[("polite", 3)], &[BUSY, POLITE]), 2, &Events::new());
    running.wait_for("some turns", |machine| {
        machine.tick();
        machine.schedule().ready_to_running.count > 1000
    });
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("no time limit");
    let tasks = running.machine.tasks(&stopped);
    let schedule = running.machine.schedule();
    let waited = schedule.ready_to_running;
    assert_eq!(tasks.iter().map(|task| task.turns.count).sum::<u64>(), waited.count);
    let longest = tasks.iter().map(|task| task.turns.longest_wait).max();
    assert_eq!(longest, Some(Duration::from_nanos(waited.max_ns)));
    assert!(tasks.iter().all(|task| task.turns.last_wait <= task.turns.longest_wait));
    let ready = tasks.iter().filter(|task| task.state == TaskState::Ready).count();
    assert_eq!(schedule.ready, ready);
    drop(stopped);
    running.stop();
}
