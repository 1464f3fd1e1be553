//! Who waits for whom, and who waits in vain.

use std::collections::{BTreeMap, HashMap};

use super::machine::Shared;
use super::scheduler::{Entry, Wait};
use super::trap::TrapReport;
use super::view;

/// Tasks that a report names.
const NAMED: usize = 8;

/// The task without which a waiting one cannot go on.
fn waited_for(shared: &Shared, wait: Wait) -> Option<u32> {
    match wait {
        Wait::Task(other) => Some(other),
        Wait::Mutex(mutex) => Some(owner(shared, mutex)),
        Wait::Nothing | Wait::Until(_) => None,
    }
}

/// The task that holds a mutex for which others wait.
pub(super) fn owner(shared: &Shared, mutex: u32) -> u32 {
    shared.heap.load(mutex, 1) as u32
}

/// Tasks that wait for each other in a circle, and so for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Circle {
    /// The first [`NAMED`] of them, in the order of who waits for whom.
    pub(super) tasks: Vec<u32>,
    /// How many there are.
    pub(super) length: u32,
}

/// Who is in a circle: the length of the circle, by task. Linear in the number of tasks.
pub(super) fn circles(shared: &Shared, tasks: &BTreeMap<u32, Entry>) -> HashMap<u32, u32> {
    let next = |task: u32| waited_for(shared, tasks.get(&task)?.wait);
    let mut lengths = HashMap::new();
    // Where each task was met: on the walk that began with that task. A task waits for one other at
    // most, so a walk that comes back to itself has found a circle, and no task is walked twice.
    let mut met = HashMap::new();
    for &first in tasks.keys() {
        let mut at = Some(first);
        while let Some(task) = at.filter(|task| tasks.contains_key(task) && !met.contains_key(task))
        {
            met.insert(task, first);
            at = next(task);
        }
        if let Some(begin) = at.filter(|task| met.get(task) == Some(&first)) {
            let rest = std::iter::successors(next(begin), |&task| next(task));
            let circle: Vec<u32> =
                std::iter::once(begin).chain(rest.take_while(|&task| task != begin)).collect();
            lengths.extend(circle.iter().map(|&task| (task, circle.len() as u32)));
        }
    }
    lengths
}

/// The circle of `length` tasks that a task is in, that task first.
pub(super) fn circle(
    shared: &Shared,
    tasks: &BTreeMap<u32, Entry>,
    task: u32,
    length: u32,
) -> Circle {
    let next = |task: &u32| waited_for(shared, tasks.get(task)?.wait);
    let named = NAMED.min(length as usize);
    Circle { tasks: std::iter::successors(Some(task), next).take(named).collect(), length }
}

/// What to add to what a task waits for.
pub(super) fn in_vain(circle: &Circle) -> String {
    if circle.length == 1 {
        return ", which is itself: a deadlock".into();
    }
    let tasks: Vec<String> = circle.tasks.iter().map(u32::to_string).collect();
    let more = match circle.length as usize - tasks.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(": a deadlock of tasks {}{more}", tasks.join(", "))
}

/// A task by number and the function it began with.
fn name(shared: &Shared, tasks: &BTreeMap<u32, Entry>, id: u32) -> String {
    match tasks.get(&id) {
        Some(entry) => format!("task {id} ({})", shared.function_name(entry.task.function)),
        None => format!("task {id}, which has ended,"),
    }
}

/// Who waits for whom, when nothing can ever run again: every task, with the place where it waits.
pub(super) fn deadlock_report(shared: &Shared) -> Option<TrapReport> {
    let state = shared.scheduler.state();
    let (_, first) = state.tasks.first_key_value()?;
    let name = |id| name(shared, &state.tasks, id);
    let mut waits = Vec::new();
    for entry in state.tasks.values().take(NAMED) {
        let who = name(entry.task.id);
        let at = view::trap_report(shared, &entry.task, String::new());
        let place = match at.line {
            Some(line) => format!("in {}, line {line}", at.function),
            None => format!("in {}, instruction {}", at.function, at.instruction),
        };
        waits.push(match entry.wait {
            Wait::Mutex(mutex) => {
                let owner = name(owner(shared, mutex));
                format!("{who} waits {place} for a mutex that {owner} holds")
            }
            Wait::Task(other) => format!("{who} awaits {} {place}", name(other)),
            Wait::Nothing | Wait::Until(_) => who,
        });
    }
    if state.tasks.len() > NAMED {
        waits.push(format!("and {} more", state.tasks.len() - NAMED));
    }
    let mut report = view::trap_report(shared, &first.task, String::new());
    report.message = format!("deadlock, every task waits for another: {}", waits.join("; "));
    Some(report)
}
