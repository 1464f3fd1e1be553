/**
 * Every state of the page, made of what was recorded (`npm run record`): a recorded run up to an instant is what the page
 * knew at that instant. Nothing in it is invented.
 */
import { instants } from '../../../www/run/pause-parts.ts';
import { replayed } from '../../../www/run/replayed.ts';
import { whole } from '../../../www/app/viewport.ts';
import type { PageState } from '../../../www/app/page-state.ts';
import type { RecordedRun } from '../../../www/run/recorded.ts';
import type { Awaiting, Pause } from '../../../www/run/types.ts';

/** What a recorded run is called here: the start of its file's name. */
type Runs = Record<string, RecordedRun>;

export interface Scene {
  state: Partial<PageState>;
  /** the engine's time, microseconds; by default that of the last event */
  now?: number;
  awaiting?: Awaiting;
}

function found<Item>(item: Item | undefined, what: string): Item {
  if (item === undefined) throw new Error(`No recorded run has ${what}: record them again.`);
  return item;
}

/** Microseconds that lanes show before what happens. */
const BEFORE = 2e6;

/** A run as it was at an instant. @param held the pause in force then */
function at(run: RecordedRun, time: number, held: Pause | null = null): Partial<PageState> {
  const isOver = (pause: Pause) => pause.total !== null && (instants(pause).released ?? Infinity) <= time;
  const recording = replayed({
    ...run,
    events: run.events.filter((event) => event.time <= time),
    pauses: [...run.pauses.filter(isOver), ...(held ? [held] : [])],
  });
  const { program, workers, bounds } = run;
  return {
    recording,
    program,
    title: run.title,
    workers,
    run: { workers, policy: null, program, bounds },
    selected: recording.last?.id ?? null,
    span: BEFORE,
    step: run.clockStep,
    cores: run.cores,
    hits: run.hits,
  };
}

/** The world stands still: what a pause had done is known when it is over. */
function stopped(run: RecordedRun, pause: Pause): Scene {
  const time = instants(pause).noticed ?? instants(pause).stopped;
  const held = { ...pause, operation: null, held: null, release: null, resuming: null, total: null };
  const state = at(run, time, held);
  return {
    state: { ...state, status: 'stopped', reason: pause.reason, selected: pause.id, view: 'pause' },
    now: time,
  };
}

const firstOf = ({ pauses }: RecordedRun, is: (pause: Pause) => boolean, what: string) =>
  found(pauses.find(is), what);
const late = (run: RecordedRun) => firstOf(run, ({ ttsp }) => ttsp > 100_000, 'a stop that came late');

/** A request that was given up, just after that. */
function inVain(run: RecordedRun): Scene {
  const pause = firstOf(run, ({ ended }) => ended !== 'completed', 'a request that was given up');
  const time = instants(pause).stopped;
  return { state: { ...at(run, time), status: 'running', selected: pause.id, view: 'pause' }, now: time };
}

/** Over: all of it. */
const over = (run: RecordedRun): Partial<PageState> => ({
  ...at(run, Infinity),
  status: 'finished',
  finished: { result: run.result, trap: run.trap, output: run.output },
});

export const SCENES: Record<string, (runs: Runs) => Scene> = {
  loading: () => ({ state: { status: 'loading' } }),
  empty: () => ({ state: { status: 'empty' } }),
  failed: () => ({ state: { status: 'failed' } }),
  ready: ({ '01': run }) => ({ state: { status: 'ready', program: run.program, title: run.title } }),
  starting: ({ '01': run }) => {
    const { recording: _, ...state } = at(run, -Infinity);
    return { state: { ...state, status: 'starting', selected: null } };
  },
  running: ({ '01': run }) => {
    const [first] = run.pauses;
    const time = found(first, 'a pause').at - 1;
    return { state: { ...at(run, time), status: 'running' }, now: time };
  },
  'stopping-late': ({ 'taken-back': run }) => {
    const pause = late(run);
    const { armed, stopped: end } = instants(pause);
    const time = armed + (end - armed) * 0.9;
    const workers = pause.causes.map(({ worker, kind, place, line }) => ({
      worker,
      kind,
      place,
      line,
      last: null,
    }));
    const awaiting = { pause: pause.id, reason: pause.reason, since: armed, workers };
    return {
      state: { ...at(run, time), status: 'stopping', reason: pause.reason, awaited: workers.length },
      now: time,
      awaiting,
    };
  },
  'stopped-gc': ({ 'several-a-second': run }) =>
    stopped(
      run,
      firstOf(run, ({ causes: [first] }) => first?.kind === 'long-instruction', 'a long instruction'),
    ),
  'stopped-snapshot': ({ '06': run }) =>
    stopped(
      run,
      firstOf(run, ({ reason }) => reason === 'snapshot', 'a snapshot'),
    ),
  'stopped-debug': ({ '04': run }) =>
    stopped(
      run,
      firstOf(run, ({ reason }) => reason === 'debug', 'a stop for the debugger'),
    ),
  breakpoint: ({ '08': run }) =>
    stopped(
      run,
      firstOf(run, ({ halt }) => halt !== null, 'a breakpoint'),
    ),
  trap: ({ '12': run }) =>
    stopped(
      run,
      firstOf(run, ({ halt }) => /trap/.test(halt?.text ?? ''), 'a stop before a trap'),
    ),
  'taken-back': ({ 'taken-back': run }) => inVain(run),
  'timed-out': ({ 'timed-out': run }) => inVain(run),
  'several-a-second': ({ 'several-a-second': run }) => {
    const time = instants(found(run.pauses.at(-1), 'a pause')).stopped + 1000;
    return { state: { ...at(run, time), status: 'running' }, now: time };
  },
  finished: ({ '07': run }) => ({ state: over(run) }),
  trapped: ({ '12': run }) => ({ state: over(run) }),
  recorded: ({ '04': run }) => {
    const state = at(run, Infinity);
    const { recording, step = 5 } = state;
    if (!recording) throw new Error('a recording');
    const range = whole({ begin: recording.begin, end: recording.latest, step });
    return {
      state: {
        ...state,
        replay: { recorded: run, here: { step: 5, cores: run.cores } },
        view: 'range',
        range,
        status: 'ready',
      },
    };
  },
};
