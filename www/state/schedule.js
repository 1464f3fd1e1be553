/** What the workers do and how long tasks waited for one: asked for now and then while the program runs. */
import { isLive } from './page-state.js';

/** Least time between two questions, milliseconds: the engine tells at this rate. */
const INTERVAL = 250;

/**
 * @param {object} parts
 * @param {import('../engine/lab.js').Lab} parts.lab
 * @param {import('./store.js').Store<import('./page-state.js').PageState>} parts.store
 * @param {import('../render/frame.js').Frames} parts.frames
 */
export function watchSchedule({ lab, store, frames }) {
  const reader = frames.read(() => {
    const { status, replay, schedule: before } = store.state;
    const schedule = replay ? null : lab.schedule();
    if (JSON.stringify(schedule) !== JSON.stringify(before)) store.set({ schedule });
    if (!replay && isLive(status)) reader.invalidate();
  }, INTERVAL);
  store.watch(['status', 'run', 'replay'], reader.invalidate);
}
