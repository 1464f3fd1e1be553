//! The tasks of a stopped machine as data, and back.

use std::cmp::Reverse;
use std::sync::Arc;

use super::{Scheduler, TaskRef, Tasks, Wait, handle_task};
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
        let mut known = queued.clone();
        known.sort_unstable();
        let mut ready: Vec<(u32, u32)> = Vec::new();
        for entry in state.tasks.values().filter(|entry| entry.wait == Wait::Nothing) {
            // Relaxed: the world is stopped, and the coordinator ordered what workers wrote before.
            let worker = entry.task.worker.load(Ordering::Relaxed);
            if worker > 0 {
                ready.push((worker, entry.task.id));
            } else if known.binary_search(&entry.task.id).is_err() {
                // A thread that is no worker is just making it ready.
                ready.push((u32::MAX, entry.task.id));
            }
        }
        ready.sort_unstable();
        let running = ready.partition_point(|(worker, _)| *worker < u32::MAX);
        let ids = |part: &[(u32, u32)]| part.iter().map(|(_, id)| *id).collect::<Vec<u32>>();
        let waiting =
            |tasks: &mut dyn Iterator<Item = &TaskRef>| tasks.map(|task| task.id).collect();
        let awaited = state.tasks.values().filter(|entry| !entry.waiters.is_empty());
        let awaited =
            awaited.map(|entry| (entry.task.id, waiting(&mut entry.waiters.iter()))).collect();
        let contended = state
            .mutex_waiters
            .iter()
            .map(|(mutex, waiters)| (*mutex, waiting(&mut waiters.iter())))
            .collect();
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
            state.tasks.push(task);
        }
        for id in &image.ready {
            if let Some(entry) = state.tasks.get(*id) {
                entry.task.turns.ready(now);
                self.queue().push_back(Arc::clone(&entry.task));
                state.active += 1;
            }
        }
        let state = &mut *state;
        let wait = |tasks: &mut Tasks, id: u32, wait: Wait| {
            let entry = tasks.get_mut(id)?;
            entry.wait = wait;
            Some(Arc::clone(&entry.task))
        };
        for (rest, id) in &image.timers {
            let until = now.saturating_add(*rest);
            if wait(&mut state.tasks, *id, Wait::Until(until)).is_some() {
                state.timers.push(Reverse((until, *id)));
            }
        }
        for (target, waiters) in &image.awaited {
            let waiters = waiters.iter();
            let waiters =
                waiters.filter_map(|id| wait(&mut state.tasks, *id, Wait::Task(*target))).collect();
            if let Some(entry) = state.tasks.get_mut(*target) {
                entry.waiters = waiters;
            }
        }
        for (mutex, waiters) in &image.contended {
            let waiters = waiters
                .iter()
                .filter_map(|id| wait(&mut state.tasks, *id, Wait::Mutex(*mutex)))
                .collect();
            // Sorted, as they are in the image.
            state.mutex_waiters.push((*mutex, waiters));
        }
        self.set_next_timer(state);
    }
}
