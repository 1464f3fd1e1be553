/** What scripts would ask the lab about the run that the page shows: of the live one, or of a recorded one. */
import { totalsOf } from '../run/totals.ts';
import { fileOf } from '../run/recorded-file-writer.ts';
import { excerptOf } from '../run/recorded-run.ts';
import { longestOf } from '../engine/status.ts';
import { traceOf } from '../run/trace.ts';
import type { Pause, RecordedOptions, Totals, WorkerStatus } from '../run/types.ts';
import type { Lab } from '../engine/lab.ts';
import type { Store } from './store.ts';
import type { PageState } from './page-state.ts';

export function shownRun(lab: Lab, store: Store<PageState>) {
  const shown = () => {
    // What the lab has of it is another when one of these is: a drawing of it hears of that.
    void [store.state.recording, store.state.status];
    return store.state.replay?.recorded ?? null;
  };
  return {
    stats: () => shown()?.stats ?? lab.stats(),
    /** What its pauses took together. */
    totals: (): Totals | null => {
      const run = shown();
      const { recording } = store.state;
      const { begin, latest: end, pauses, forgotten } = recording;
      if (run) return run.missing.pauses > 0 ? null : totalsOf(run.pauses, { begin, end });
      // The engine knows of all, as they stood at the last one.
      return forgotten ? (lab.stats().totals ?? null) : totalsOf(pauses, { begin, end });
    },
    /** What each worker has done so far. */
    workers: (): (Pick<WorkerStatus, 'instructions' | 'polls'> & Partial<WorkerStatus>)[] =>
      shown()?.totals ?? lab.workers(),
    /** The longest path that a worker went without a poll. */
    longest: () => (shown() ? (shown()?.longest ?? null) : longestOf(lab.workers())),
    /** Those that are over. */
    pauses: (): Pause[] => shown()?.pauses.filter(({ total }) => total !== null) ?? lab.pauses,
    clockStep: () => shown()?.clockStep ?? lab.clockStep,
    browser: () => shown()?.browser ?? navigator.userAgent,
    trace() {
      const run = shown();
      if (!run) return lab.trace();
      const { program, workers, pauses, events, missing, clockStep } = run;
      const each = (callback: (event: (typeof events)[number]) => void) => events.forEach(callback);
      return traceOf({ program, workers, pauses, events: each, missing: missing.events, clockStep });
    },
    /** Has the engine count its polls once more; where it waits for a worker, the last count stands. */
    async count() {
      if (!shown() && store.state.status !== 'stopping') await lab.hits().catch(() => {});
    },
    recorded({ pause, ...keep }: RecordedOptions = {}) {
      const run = shown();
      if (!run) return lab.recordedRun({ title: store.state.title, pause, ...keep });
      const part = pause === undefined ? run : excerptOf(run, pause, keep);
      if (!part) throw new Error(`There is no pause ${pause}.`);
      return fileOf(part);
    },
  };
}

export type ShownRun = ReturnType<typeof shownRun>;
