/**
 * How often each poll site has polled, and the longest path without a poll: asked of the engine now and then
 * while the program runs, and once when it stands still or has ended.
 */
import { longestOf } from '../engine/status.ts';
import { hasEngine, isLive } from '../run/phases.ts';
import type { Lab } from '../engine/lab.ts';
import type { Store } from './store.ts';
import type { Phase } from '../run/phases.ts';
import type { PageState } from './page-state.ts';
import type { Frames } from '../draw/frame.ts';

/** Least time between two questions, milliseconds. */
const INTERVAL = 500;

export function watchHits({ lab, store, frames }: { lab: Lab; store: Store<PageState>; frames: Frames }) {
  // The engine may be waiting for a worker that does not arrive: one question at a time.
  let asked = false;
  const reader = frames.read(() => {
    const { run, status, replay } = store.state;
    if (asked || !run || replay || !hasEngine(status)) return;
    asked = true;
    lab
      .hits()
      .then(
        (hits) => {
          if (store.state.run !== run) return;
          // Of a run that is not counted, zeros say nothing.
          store.set({
            hits: run.counted === false ? null : hits,
            longest: sameLongest(store.state.longest, longestOf(lab.workers())),
          });
        },
        // An engine that is being replaced has no answer; what went wrong with it is told elsewhere.
        () => {},
      )
      .finally(() => {
        asked = false;
        if (store.state.run !== run || store.state.status !== status || isMoving(store.state.status))
          reader.invalidate();
      });
  }, INTERVAL);
  store.on(['run'], ({ replay }) =>
    store.set({ hits: replay?.recorded.hits ?? null, longest: replay?.recorded.longest ?? null }),
  );
  store.on(['status', 'run', 'recording'], reader.invalidate);
}

function isMoving(status: Phase) {
  return isLive(status) && status !== 'stopped';
}

/** The one that is known already where nothing is new, so that no view draws it again. */
function sameLongest(known: PageState['longest'], now: PageState['longest']) {
  return known?.instructions === now?.instructions && known?.worker === now?.worker ? known : now;
}
