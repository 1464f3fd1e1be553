/**
 * Reads the workers' rings now and then, into the recording: while the program runs; while the world stands
 * still only until the rings are empty.
 */
import { STATE } from '../run/lane.ts';
import { isLive } from './page-state.ts';
import type { Lab } from '../engine/lab.ts';
import type { Store } from './store.ts';
import type { PageState } from './page-state.ts';
import type { EngineClock } from '../run/engine-clock.ts';
import type { Frames } from '../draw/frame.ts';

export function watchRings({
  lab,
  store,
  clock,
  frames,
  lanes,
}: {
  lab: Lab;
  store: Store<PageState>;
  clock: EngineClock;
  frames: Frames;
  lanes: { invalidate: () => void };
}): { read: () => number } {
  const drain = lab.reader();
  let recording = store.state.recording;
  /** How many were known. */
  let resumptions = 0;
  /** Takes in what is new, at once. @returns how many events that were */
  const read = () => {
    if (store.state.recording !== recording) {
      recording = store.state.recording;
      clock.reset();
    }
    // A recorded run has no rings, and what is left in those of the run before is not its own.
    if (!store.state.run || store.state.replay) return 0;
    const { latest } = recording;
    const { events, dropped } = drain((event) => recording.event(event));
    if (dropped > 0) recording.lose(dropped, latest);
    if (events > 0) {
      clock.saw(recording.latest);
      store.set({ awaited: recording.arming ? recording.awaited : 0 });
    }
    return events;
  };
  const reader = frames.read(() => {
    frames.share(computing(store.state), store.state.cores);
    const { latest } = store.state.recording;
    const events = read();
    if (!store.state.run || store.state.replay) return;
    const { status, view, range } = store.state;
    const moving = isLive(status) && status !== 'stopped';
    // A pause that is looked at changes while it is held, and when its workers run again.
    const changed =
      view === 'live'
        ? moving || events > 0
        : view === 'range'
          ? range.to > latest && (moving || events > 0)
          : status === 'stopped' && events > 0;
    const resumed = recording.resumptions.count;
    if (changed || resumed !== resumptions) lanes.invalidate();
    if (resumed !== resumptions) store.set({}, 'recording');
    resumptions = resumed;
    if (events > 0 || moving) reader.invalidate();
  }, 40);
  store.on(['status', 'recording'], reader.invalidate);
  return { read };
}

/** How many workers want a processor now. */
function computing({ recording, status, replay }: PageState) {
  if (replay || status === 'stopped' || !isLive(status)) return 0;
  return recording.lanes.reduce((sum, { current }) => sum + (current === STATE.running ? 1 : 0), 0);
}
