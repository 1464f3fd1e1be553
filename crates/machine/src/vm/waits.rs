//! Which task waits for which, and which wait in a circle and so for ever.

use super::mutex;
use super::scheduler::{Tasks, Wait};
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

/// For each task, in the order of their numbers, the length of the circle that it is in; 0 if it is in none.
pub(super) fn circles(heap: &Heap, tasks: &Tasks) -> Vec<u32> {
    let waits: Vec<(u32, Wait)> = tasks.values().map(|entry| (entry.task.id, entry.wait)).collect();
    let next = |at: usize| {
        let other = waited_for(heap, waits[at].1)?;
        waits.binary_search_by_key(&other, |(id, _)| *id).ok()
    };
    let mut lengths = vec![0; waits.len()];
    // Where each task was met: on the walk that began with that task. A task waits for one other at
    // most, so a walk that comes back to itself has found a circle, and no task is walked twice.
    let mut met = vec![usize::MAX; waits.len()];
    for first in 0..waits.len() {
        let mut at = first;
        let end = loop {
            if met[at] < usize::MAX {
                break Some(at);
            }
            met[at] = first;
            let Some(next) = next(at) else { break None };
            at = next;
        };
        let Some(begin) = end.filter(|&end| met[end] == first) else { continue };
        let mut circle = vec![begin];
        while let Some(other) = next(circle[circle.len() - 1]).filter(|&other| other != begin) {
            circle.push(other);
        }
        for &at in &circle {
            lengths[at] = circle.len() as u32;
        }
    }
    lengths
}

/// The circle of `length` tasks that a task is in, that task first.
pub(super) fn circle(heap: &Heap, tasks: &Tasks, task: u32, length: u32) -> Circle {
    let next = |task: &u32| waited_for(heap, tasks.get(*task)?.wait);
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
