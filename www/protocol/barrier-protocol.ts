/**
 * The protocol as it is often written first: a flag, and a barrier at which the workers wait for each
 * other. `crates/safepoint/tests/seed_protocol.rs` has it with real threads, and so has the lesson's first button.
 */
import type { Line, Memory, Model, Thread } from './model.ts';

const WORKERS = 2;

export function barrierProtocol(): Model {
  const workers = Array.from({ length: WORKERS }, (_, w) => worker(w));
  return {
    threads: [...workers, requester()],
    memory: { flag: 0, count: 0, here: 0, phase: 0, stopped: 0, ...phases() },
    stopped: ({ stopped }) => stopped === 1,
    words: [
      { key: 'flag', name: 'flag', show: (value) => (value ? 'stop' : 'go on') },
      { key: 'count', name: 'workers at the safepoint', show: String },
      { key: 'here', name: 'workers that wait at the barrier', show: String },
    ],
  };
}

/** @returns which opening of the barrier each worker waits for */
function phases(): Memory {
  return Object.fromEntries(Array.from({ length: WORKERS }, (_, w) => [`phase of ${w}`, 0]));
}

function worker(w: number): Thread {
  const own = `phase of ${w}`;
  const lines: Line[] = [
    { label: 'work', text: 'work on the heap', works: true, does: () => 'works on the heap.' },
    {
      text: 'if the flag is not set: go on working',
      does: ({ flag }) =>
        flag ? 'polls: the flag is set.' : { says: 'polls: the flag is not set.', to: 'work' },
    },
    {
      text: 'count myself in',
      does(memory) {
        memory.count = (memory.count ?? 0) + 1;
        return 'counts itself in.';
      },
    },
    {
      text: 'go to the barrier; the last one opens it',
      does(memory) {
        memory[own] = memory.phase ?? 0;
        memory.here = (memory.here ?? 0) + 1;
        if (memory.here < WORKERS) return 'waits at the barrier for the others.';
        memory.here = 0;
        memory.phase = 1 - (memory.phase ?? 0);
        return 'is the last at the barrier, and opens it.';
      },
    },
    {
      text: 'wait until the barrier is open',
      waits: (memory) => memory.phase === memory[own],
      does: () => 'passes the barrier.',
    },
    {
      text: 'count myself out, and go on',
      does(memory) {
        memory.count = (memory.count ?? 0) - 1;
        return { says: 'counts itself out.', to: 'work' };
      },
    },
  ];
  return { name: `Worker ${w}`, lines };
}

function requester(): Thread {
  const lines: Line[] = [
    {
      text: 'set the flag',
      does(memory) {
        memory.flag = 1;
        return 'sets the flag.';
      },
    },
    {
      text: 'wait until all are counted in',
      waits: ({ count }) => count !== WORKERS,
      does: () => 'sees all workers counted in.',
    },
    {
      text: 'the world is stopped: collect',
      does(memory) {
        memory.stopped = 1;
        return 'takes the world for stopped, and collects.';
      },
    },
    {
      text: 'done: clear the flag',
      does(memory) {
        memory.stopped = 0;
        memory.flag = 0;
        return 'is done, and clears the flag.';
      },
    },
  ];
  return { name: 'Requester', lines };
}
