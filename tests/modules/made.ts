/** Made-up records for the tests of the page's data and pictures. */
import { noStats } from '../../www/run/recorder.ts';
import type { Arrival, LabEvent, Pause, RunEvent } from '../../www/run/types.ts';
import type { RecordedRun } from '../../www/run/recorded.ts';

export function pauseOf(changes: Partial<Pause> = {}): Pause {
  const site = {
    kind: 'bulk' as const,
    task: 3,
    function: 'hog',
    instruction: 2,
    offset: 6,
    line: 15,
    text: 'hog, line 15, acopy',
  };
  return {
    id: 41,
    reason: 'gc',
    by: 'page',
    halt: null,
    program: null,
    at: 1000,
    ended: 'completed',
    queue: 10,
    ttsp: 3820,
    noticing: 30,
    operation: 1100,
    held: 0,
    release: 40,
    resuming: null,
    total: 5000,
    parts: [],
    served: 0,
    servedFor: 0,
    causes: [],
    wasted: 3760,
    hidden: false,
    stragglers: [{ worker: 1, site, waited: 3820, dead: false }],
    arrivals: [
      arrivalOf({ worker: 1, after: 3820, site, instructions: 10, since_poll: 13 }),
      arrivalOf({ worker: 0, after: 60, instructions: 20 }),
    ],
    outcome: null,
    sentence: 'Worker 1 was late.',
    ...changes,
  };
}

export function arrivalOf(changes: Partial<Arrival>): Arrival {
  const { safe = false } = changes;
  const standing = safe ? 'safe-region' : 'awaited';
  return { worker: 0, after: 0, safe, standing, site: null, instructions: 0, since_poll: null, ...changes };
}

/** A pause that is held. */
export function heldPause(changes: Partial<Pause> = {}) {
  return pauseOf({ operation: null, held: null, release: null, total: null, ...changes });
}

/** A request that was taken back. */
export function givenUp(changes: Partial<Pause> = {}) {
  const none = { noticing: null, operation: null, held: null, release: null, resuming: null, outcome: null };
  const arrivals = [arrivalOf({ worker: 0, after: 60, instructions: 20 })];
  const sentence = 'Taken back: worker 1 had not stopped.';
  return pauseOf({ ended: 'cancelled', ...none, total: 3830, wasted: 0, arrivals, sentence, ...changes });
}

export function eventOf(
  worker: number,
  time: number,
  kind: LabEvent['kind'],
  rest: Partial<LabEvent> = {},
): LabEvent {
  return { worker, time, kind, detail: 0, pause: 0, task: 0, function: 0, instruction: 0, count: 0, ...rest };
}

const POLICY = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };
const NONE = { events: 0, pauses: 0, tasks: 0, characters: 0, instructions: 0 };
const FIGURES = { p50: 1.5, p90: 2, p99: 3, p99_9: 4, max: 5 };

/** Two workers, and three pauses a tenth of a second apart. */
export function runOfThree(): RecordedRun {
  const events: RunEvent[] = [];
  const add = ({ instruction, count, ...event }: ReturnType<typeof eventOf>) => events.push(event);
  for (const worker of [0, 1]) {
    add(eventOf(worker, 1.001, 'worker-start'));
    add(eventOf(worker, 2, 'task-start', { task: worker + 1, function: worker }));
  }
  const pauses = [1, 2, 3].map((id) => {
    const at = id * 100_000;
    add(eventOf(-1, at, 'requested', { pause: id }));
    add(eventOf(-1, at + 10, 'armed', { pause: id }));
    add(eventOf(0, at + 70, 'arrived', { pause: id }));
    add(eventOf(1, at + 3830, 'arrived', { pause: id }));
    add(eventOf(-1, at + 3860, 'stopped', { pause: id }));
    add(eventOf(-1, at + 5000, 'released', { pause: id }));
    add(eventOf(0, at + 5010, 'resumed'));
    add(eventOf(1, at + 6000.25, 'resumed'));
    return pauseOf({ id, at, halt: null });
  });
  return {
    title: 'Über ⊕',
    begun: Date.UTC(2026, 10, 26, 12),
    browser:
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
    cores: 2,
    clockStep: 5,
    program: {
      name: 'made',
      source: '.func main\n    const 1\n    ret\n',
      policy: POLICY,
      size: 30,
      functions: ['main', 'hog'],
      bounds: [
        {
          function: 'main',
          instructions: 2,
          per_frame: false,
          line: 1,
          words: null,
          why: 'no loop',
          long: null,
        },
      ],
      listing: [
        {
          function: 'main',
          index: 0,
          offset: 0,
          bytes: '01 00',
          text: 'const 1',
          line: 2,
          words: '`1`',
          statement: [2, 5, 2, 12],
          begins: true,
          poll: null,
          placed: null,
          site: null,
        },
        {
          function: 'hog',
          index: 0,
          offset: 0,
          bytes: '11',
          text: 'ret',
          line: null,
          words: null,
          statement: null,
          begins: null,
          poll: 'call',
          placed: null,
          site: 4,
        },
      ],
    },
    workers: 2,
    policy: { ...POLICY, every: 3 },
    bounds: [
      {
        function: 'main',
        instructions: null,
        per_frame: false,
        line: 2,
        words: null,
        why: 'a loop',
        long: 'concat in line 2 counts as one',
      },
    ],
    longest: { worker: 1, instructions: 2, function: 'main', line: null, text: 'the end of a task of main' },
    hits: [0, 0, 0, 0, 13],
    how: 'running',
    result: null,
    trap: null,
    output: 'eins\nzwei\n',
    stats: {
      ...noStats(),
      gc: {
        count: 3,
        queue: FIGURES,
        ttsp: FIGURES,
        noticing: FIGURES,
        operation: FIGURES,
        held: FIGURES,
        release: FIGURES,
        total: FIGURES,
      },
    },
    totals: [
      { instructions: 10, polls: 3 },
      { instructions: 2 ** 40, polls: 0 },
    ],
    selected: 2,
    excerpt: false,
    pauses,
    events: events.sort((a, b) => a.time - b.time),
    missing: NONE,
  };
}

/** Lanes of so many workers, none of them folded. */
export function lanesOf(workers: number) {
  return { workers: Array.from({ length: workers }, (_, worker) => worker), idle: 0 };
}
