//! The tasks of a stopped machine as data, and back.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use super::{Entry, Scheduler, TaskRef, Wait, handle_task};
use crate::heap::Heap;
use crate::vm::image::{Image, TaskImage};
use crate::vm::task::Task;
use safepoint::clock;
use safepoint::sync::Ordering;

impl Scheduler {
    /// The tasks' part of an image. Only while the world is stopped.
    ///
    /// Tasks that slept enough become ready, as at a tick, so that their order is kept.
    pub(in crate::vm) fn image(&self, of: impl Fn(&Task) -> TaskImage) -> Image {
        let now = clock::now();
        self.wake_due();
        let state = self.state();
        let queued: Vec<u32> = self.queue().iter().map(|task| task.id).collect();
        let known: HashSet<u32> = queued.iter().copied().collect();
        let mut ready: Vec<(u32, u32)> = Vec::new();
        for entry in state.tasks.values().filter(|entry| entry.wait == Wait::Nothing) {
            // Relaxed: the world is stopped, and the coordinator ordered what workers wrote before.
            let worker = entry.task.worker.load(Ordering::Relaxed);
            if worker > 0 {
                ready.push((worker, entry.task.id));
            } else if !known.contains(&entry.task.id) {
                // A thread that is no worker is just making it ready.
                ready.push((u32::MAX, entry.task.id));
            }
        }
        ready.sort_unstable();
        let running = ready.partition_point(|(worker, _)| *worker < u32::MAX);
        let ids = |part: &[(u32, u32)]| part.iter().map(|(_, id)| *id).collect::<Vec<u32>>();
        let waiting =
            |tasks: &mut dyn Iterator<Item = &TaskRef>| tasks.map(|task| task.id).collect();
        let mut awaited: Vec<(u32, Vec<u32>)> = state
            .task_waiters
            .iter()
            .map(|(task, waiters)| (*task, waiting(&mut waiters.iter())))
            .collect();
        awaited.sort_unstable();
        let mut contended: Vec<(u32, Vec<u32>)> = state
            .mutex_waiters
            .iter()
            .map(|(mutex, waiters)| (*mutex, waiting(&mut waiters.iter())))
            .collect();
        contended.sort_unstable();
        // Sorted by `Reverse`: the latest first.
        let timers = state.timers.clone().into_sorted_vec().into_iter().rev();
        Image {
            next_task: state.next,
            result: state.result.clone(),
            traps: state.traps.clone(),
            traps_omitted: state.traps_omitted,
            tasks: state.tasks.values().map(|entry| of(&entry.task)).collect(),
            ready: [ids(&ready[..running]), queued, ids(&ready[running..])].concat(),
            timers: timers.map(|Reverse((until, task))| (until.since(now), task)).collect(),
            awaited,
            contended,
            ..Image::default()
        }
    }

    /// Takes over the tasks of an image; `tasks` are made from the image's, in the same order.
    pub(in crate::vm) fn restore(&self, heap: &Heap, image: &Image, tasks: Vec<TaskRef>) {
        let now = clock::now();
        let mut state = self.state();
        state.next = image.next_task;
        state.result.clone_from(&image.result);
        state.traps.clone_from(&image.traps);
        state.traps_omitted = image.traps_omitted;
        for task in tasks {
            debug_assert_eq!(handle_task(heap, task.handle), task.id);
            state.tasks.insert(task.id, Entry { task, wait: Wait::Nothing });
        }
        for id in &image.ready {
            if let Some(entry) = state.tasks.get(id) {
                entry.task.turns.ready(now);
                self.queue().push_back(Arc::clone(&entry.task));
                state.active += 1;
            }
        }
        let state = &mut *state;
        let mut wait = |id: u32, wait: Wait| {
            let entry = state.tasks.get_mut(&id)?;
            entry.wait = wait;
            Some(Arc::clone(&entry.task))
        };
        for (rest, id) in &image.timers {
            let until = now.saturating_add(*rest);
            if wait(*id, Wait::Until(until)).is_some() {
                state.timers.push(Reverse((until, *id)));
            }
        }
        for (target, waiters) in &image.awaited {
            let waiters = waiters.iter().filter_map(|id| wait(*id, Wait::Task(*target)));
            state.task_waiters.insert(*target, waiters.collect());
        }
        for (mutex, waiters) in &image.contended {
            let waiters = waiters.iter().filter_map(|id| wait(*id, Wait::Mutex(*mutex)));
            state.mutex_waiters.insert(*mutex, waiters.collect());
        }
        self.set_next_timer(state);
    }
}
