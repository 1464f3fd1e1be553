//! Which task waits for which, and which wait in a circle and so for ever.

use std::collections::{BTreeMap, HashMap};

use super::mutex;
use super::scheduler::{Entry, Wait};
use crate::heap::Heap;
use safepoint::clock;

/// Tasks that a report names.
pub(super) const NAMED: usize = 8;

/// The task that a waiting task needs in order to go on.
fn waited_for(heap: &Heap, wait: Wait) -> Option<u32> {
    match wait {
        Wait::Task(other) => Some(other),
        Wait::Mutex(mutex) => Some(mutex::owner(heap, mutex)),
        Wait::Nothing | Wait::Until(_) => None,
    }
}

/// What a task waits for, in words; `None` if it does not.
pub(super) fn words(heap: &Heap, wait: Wait) -> Option<String> {
    match wait {
        Wait::Nothing => None,
        Wait::Task(other) => Some(format!("task {other}")),
        Wait::Mutex(mutex) => {
            Some(format!("a mutex that task {} holds", mutex::owner(heap, mutex)))
        }
        Wait::Until(until) => {
            Some(format!("{} ms more", until.since(clock::now()).as_millis() as u64))
        }
    }
}

/// Tasks that wait for each other in a circle, and so for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Circle {
    /// The first [`NAMED`] of them, each before the task that it waits for.
    pub(super) tasks: Vec<u32>,
    /// How many there are.
    pub(super) length: u32,
}

/// The tasks in circles: the length of the circle, by task. Linear in the number of tasks.
pub(super) fn circles(heap: &Heap, tasks: &BTreeMap<u32, Entry>) -> HashMap<u32, u32> {
    let next = |task: u32| waited_for(heap, tasks.get(&task)?.wait);
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
pub(super) fn circle(heap: &Heap, tasks: &BTreeMap<u32, Entry>, task: u32, length: u32) -> Circle {
    let next = |task: &u32| waited_for(heap, tasks.get(task)?.wait);
    let named = NAMED.min(length as usize);
    Circle { tasks: std::iter::successors(Some(task), next).take(named).collect(), length }
}

/// The words for a task in a circle, after those for what it waits for.
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
