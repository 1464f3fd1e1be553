/** What scripts would ask the lab about the run that the page shows: of the live one, or of a recorded one. */
import { totalsOf } from '../data/totals.js';
import { fileOf } from '../engine/recorded-file-writer.js';
import { excerptOf } from '../engine/recorded-run.js';
import { longestOf } from '../engine/status.js';
import { traceOf } from '../engine/trace.js';

/** @typedef {import('../engine/records.js').RecordedOptions} RecordedOptions */
/** @typedef {import('../engine/types.js').Pause} Pause */

/**
 * @param {import('../engine/lab.js').Lab} lab
 * @param {import('./store.js').Store<import('./page-state.js').PageState>} store
 */
export function shownRun(lab, store) {
  const shown = () => store.state.replay?.recorded ?? null;
  return {
    stats: () => shown()?.stats ?? lab.stats(),
    /** What its pauses took together. @returns {import('../engine/types.js').Totals | null} */
    totals: () => {
      const run = shown();
      const { recording } = store.state;
      const { begin, latest: end, pauses, forgotten } = recording;
      if (run) return run.missing.pauses > 0 ? null : totalsOf(run.pauses, { begin, end });
      // The engine knows of all, as they stood at the last one.
      return forgotten ? (lab.stats().totals ?? null) : totalsOf(pauses, { begin, end });
    },
    /** What each worker has done so far. @returns {{ instructions: number, polls: number }[]} */
    workers: () => shown()?.totals ?? lab.workers(),
    /** The longest path that a worker went without a poll. */
    longest: () => (shown() ? (shown()?.longest ?? null) : longestOf(lab.workers())),
    /** Those that are over. @returns {Pause[]} */
    pauses: () => shown()?.pauses.filter(({ total }) => total !== null) ?? lab.pauses,
    clockStep: () => shown()?.clockStep ?? lab.clockStep,
    browser: () => shown()?.browser ?? navigator.userAgent,
    trace() {
      const run = shown();
      if (!run) return lab.trace();
      const { program, workers, pauses, events, missing, clockStep } = run;
      const each = (/** @type {(event: typeof events[number]) => void} */ callback) =>
        events.forEach(callback);
      return traceOf({ program, workers, pauses, events: each, missing: missing.events, clockStep });
    },
    /** Has the engine count its polls once more; where it waits for a worker, the last count stands. */
    async count() {
      if (!shown() && store.state.status !== 'stopping') await lab.hits().catch(() => {});
    },
    /** @param {RecordedOptions} [options] */
    recorded({ pause, ...keep } = {}) {
      const run = shown();
      if (!run) return lab.recordedRun({ title: store.state.title, pause, ...keep });
      const part = pause === undefined ? run : excerptOf(run, pause, keep);
      if (!part) throw new Error(`There is no pause ${pause}.`);
      return fileOf(part);
    },
  };
}

/** @typedef {ReturnType<typeof shownRun>} ShownRun */
