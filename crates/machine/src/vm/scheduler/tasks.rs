//! The tasks that have not ended, by their numbers.

use super::{TaskRef, Wait};

/// A task that has not ended.
#[derive(Debug)]
pub(in crate::vm) struct Entry {
    pub(in crate::vm) task: TaskRef,
    pub(in crate::vm) wait: Wait,
    /// Tasks that wait for its end, the first one first.
    pub(in crate::vm) waiters: Vec<TaskRef>,
}

impl Entry {
    pub(super) fn new(task: TaskRef) -> Self {
        Self { task, wait: Wait::Nothing, waiters: Vec::new() }
    }
}

/// Tasks by their numbers, which are given in ascending order. So a new task comes last, and one that ends leaves a
/// gap; when most are gaps they are closed.
#[derive(Debug, Default)]
pub(in crate::vm) struct Tasks {
    slots: Vec<(u32, Option<Entry>)>,
    live: usize,
}

impl Tasks {
    fn slot(&self, id: u32) -> Option<usize> {
        self.slots.binary_search_by_key(&id, |(id, _)| *id).ok()
    }

    pub(in crate::vm) fn len(&self) -> usize {
        self.live
    }

    pub(in crate::vm) fn get(&self, id: u32) -> Option<&Entry> {
        self.slots[self.slot(id)?].1.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut Entry> {
        let slot = self.slot(id)?;
        self.slots[slot].1.as_mut()
    }

    /// All tasks, in the order of their numbers.
    pub(in crate::vm) fn values(&self) -> impl Iterator<Item = &Entry> {
        self.slots.iter().filter_map(|(_, entry)| entry.as_ref())
    }

    /// Adds a task whose number is larger than that of any before.
    pub(super) fn push(&mut self, task: TaskRef) {
        debug_assert!(self.slots.last().is_none_or(|(last, _)| *last < task.id));
        self.slots.push((task.id, Some(Entry::new(task))));
        self.live += 1;
    }

    pub(super) fn remove(&mut self, id: u32) -> Option<Entry> {
        let slot = self.slot(id)?;
        let entry = self.slots[slot].1.take()?;
        self.live -= 1;
        if self.slots.len() > 2 * self.live + 16 {
            self.slots.retain(|(_, entry)| entry.is_some());
        }
        Some(entry)
    }
}
