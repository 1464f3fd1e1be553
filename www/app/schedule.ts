/** What the workers do and how long tasks waited for one: asked for now and then while the program runs. */
import { isLive } from './page-state.ts';
import type { Lab } from '../engine/lab.ts';
import type { Store } from './store.ts';
import type { PageState } from './page-state.ts';
import type { Frames } from '../draw/frame.ts';

/** Least time between two questions, milliseconds: the engine tells at this rate. */
const INTERVAL = 250;

export function watchSchedule({ lab, store, frames }: { lab: Lab; store: Store<PageState>; frames: Frames }) {
  const reader = frames.read(() => {
    const { status, replay, schedule: before } = store.state;
    const schedule = replay ? null : lab.schedule();
    if (JSON.stringify(schedule) !== JSON.stringify(before)) store.set({ schedule });
    if (!replay && isLive(status)) reader.invalidate();
  }, INTERVAL);
  store.on(['status', 'run', 'replay'], reader.invalidate);
}
