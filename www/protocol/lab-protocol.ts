/**
 * The skeleton of the lab's own protocol, and of what becomes of it when one line is written otherwise. The whole of it
 * is `crates/safepoint`, argued in docs/safepoint.md; the ways to break it are those of `crates/safepoint/src/mutant.rs`.
 */
import type { Line, Memory, Model, Thread } from './model.ts';

/** Bits of a worker's word. Without `safe` the worker runs; a slot that is `free` has no worker. */
const SAFE = 1;
const ASKED = 2;
const FREE = 4;

type Mutant =
  | 'plain-store-on-leave'
  | 'newcomers-run'
  | 'free-slots-not-armed'
  | 'untagged-arrivals'
  | 'gate-before-disarm'
  | 'request-after-arming';

/**
 * what a worker does: it polls; it blocks in safe regions and never polls;
 *  it registers, and polls from then on
 */
type Kind = 'polls' | 'blocks' | 'comes';

export interface Variant {
  workers: Kind[];
  /** whether the requester gives its first pause up, and asks again */
  givesUp?: boolean;
  mutant?: Mutant;
}

export function labProtocol({ workers, givesUp = false, mutant }: Variant): Model {
  const threads = workers.map((kind, w) => worker(kind, w, mutant));
  const memory: Memory = { epoch: 0, arrived: 0, awaited: 0, gate: 0, stopped: 0 };
  workers.forEach((kind, w) => {
    memory[word(w)] = kind === 'comes' ? FREE | SAFE : 0;
    memory[`epoch seen by ${w}`] = 0;
    memory[`gate seen by ${w}`] = 0;
    memory[`word seen by ${w}`] = 0;
  });
  return {
    threads: [...threads, requester(workers.length, givesUp, mutant)],
    memory,
    stopped: ({ stopped }) => stopped === 1,
    words: [
      ...workers.map((_, w) => ({ key: word(w), name: `word of worker ${w}`, show: showWord })),
      { key: 'epoch', name: 'number of the pause', show: String },
      { key: 'arrived', name: 'arrivals counted', show: String },
      { key: 'awaited', name: 'arrivals awaited', show: String },
      { key: 'gate', name: 'gate', show: String },
    ],
  };
}

const word = (w: number) => `word ${w}`;

function showWord(value: number) {
  if (value & FREE) return value & ASKED ? 'free, asked to stop' : 'free';
  return `${value & SAFE ? 'safe' : 'runs'}${value & ASKED ? ', asked to stop' : ''}`;
}

function worker(kind: Kind, w: number, mutant: Mutant | undefined): Thread {
  const own = word(w);
  const is = (memory: Memory, bit: number) => ((memory[own] ?? 0) & bit) !== 0;
  const set = (memory: Memory, bit: number) => (memory[own] = (memory[own] ?? 0) | bit);
  const clear = (memory: Memory, bit: number) => (memory[own] = (memory[own] ?? 0) & ~bit);

  const work: Line = {
    label: 'work',
    text: 'work on the heap',
    works: true,
    does: () => 'works on the heap.',
  };
  const poll: Line = {
    text: 'if my word does not ask me to stop: go on working',
    does: (memory) =>
      is(memory, ASKED)
        ? 'polls: it is asked to stop.'
        : { says: 'polls: it is not asked to stop.', to: 'work' },
  };
  /** Becoming safe is an arrival if the worker was asked to stop. */
  const enter: Line = {
    text: 'my word: safe',
    does(memory) {
      const asked = is(memory, ASKED);
      set(memory, SAFE);
      memory[`epoch seen by ${w}`] = memory.epoch ?? 0;
      if (asked) return 'says that it is safe: it has arrived, and will count that.';
      return { says: 'says that it is safe; it is not asked to stop.', to: 'leave' };
    },
  };
  const count: Line = {
    text: mutant === 'untagged-arrivals' ? 'count my arrival' : 'count my arrival, if this pause is still on',
    does(memory) {
      if (mutant !== 'untagged-arrivals' && memory[`epoch seen by ${w}`] !== memory.epoch)
        return 'does not count its arrival: that pause was given up.';
      memory.arrived = (memory.arrived ?? 0) + 1;
      return 'counts its arrival.';
    },
  };
  const look: Line = {
    label: 'leave',
    text: 'look at the gate',
    does(memory) {
      memory[`gate seen by ${w}`] = memory.gate ?? 0;
      return 'looks at the gate, to notice when it changes.';
    },
  };
  const sleep: Line = {
    label: 'sleep',
    text: 'sleep until the gate changes, then try again',
    waits: (memory) => memory.gate === memory[`gate seen by ${w}`],
    does: () => ({ says: 'wakes up, and tries to leave again.', to: 'leave' }),
  };
  /** In one step, so that no request can come in between. */
  const leave: Line = {
    text: 'my word: runs, unless it asks me to stop',
    does(memory) {
      if (is(memory, ASKED)) return 'may not run: it is asked to stop.';
      clear(memory, SAFE);
      return { says: 'runs again.', to: 'work' };
    },
  };
  /** The same in two. */
  const plainly: Line[] = [
    {
      text: 'read my word',
      does(memory) {
        memory[`word seen by ${w}`] = memory[own] ?? 0;
        if (is(memory, ASKED)) return { says: 'may not run: it is asked to stop.', to: 'sleep' };
        return 'reads its word: it is not asked to stop.';
      },
    },
    {
      text: 'write my word as I read it, but: runs',
      does(memory) {
        memory[own] = (memory[`word seen by ${w}`] ?? 0) & ~SAFE;
        return { says: 'writes its word as it had read it, and runs.', to: 'work' };
      },
    },
  ];
  const parts = [look, ...(mutant === 'plain-store-on-leave' ? plainly : [leave]), sleep];
  const name = `Worker ${w}`;
  if (kind === 'blocks') return { name, lines: [work, enter, count, ...parts] };
  if (kind === 'polls') return { name, lines: [work, poll, enter, count, ...parts] };
  const claim: Line = {
    text: mutant === 'newcomers-run' ? 'claim the free slot: runs' : 'claim the free slot, which is safe',
    does(memory) {
      clear(memory, FREE);
      if (mutant !== 'newcomers-run')
        return { says: 'registers, in a slot that counts as safe.', to: 'leave' };
      clear(memory, SAFE);
      return { says: 'registers, and runs at once.', to: 'work' };
    },
  };
  return { name, lines: [claim, work, poll, enter, count, ...parts] };
}

function requester(workers: number, givesUp: boolean, mutant: Mutant | undefined): Thread {
  const all = Array.from({ length: workers }, (_, w) => w);
  const begin: Line = {
    text: 'a new pause: take the next number',
    does(memory) {
      memory.epoch = (memory.epoch ?? 0) + 1;
      memory.awaited = 0;
      return `begins pause ${memory.epoch}.`;
    },
  };
  const open: Line = {
    text: 'count its arrivals from 0',
    does(memory) {
      memory.arrived = 0;
      return 'counts arrivals from 0.';
    },
  };
  const ask = all.map((w): Line => ({
    text: `word of worker ${w}: asked to stop; await it if it runs`,
    does(memory) {
      const before = memory[word(w)] ?? 0;
      if (before & FREE && mutant === 'free-slots-not-armed') return 'passes over a slot that is free.';
      memory[word(w)] = before | ASKED;
      if (before & FREE) return `asks the free slot, too: a worker that claims it finds the request.`;
      if (before & SAFE) return `asks worker ${w}, which is safe: nothing to wait for.`;
      memory.awaited = (memory.awaited ?? 0) + 1;
      return `asks worker ${w} to stop, and will wait for it.`;
    },
  }));
  const wait: Line = {
    text: 'wait until as many have arrived',
    waits: ({ arrived = 0, awaited = 0 }) => arrived < awaited,
    does: () => 'sees that all have arrived.',
  };
  const stopped: Line = {
    text: 'the world is stopped: collect',
    does(memory) {
      memory.stopped = 1;
      return 'takes the world for stopped, and collects.';
    },
  };
  const done: Line = {
    text: 'done: release the world',
    does(memory) {
      memory.stopped = 0;
      return 'is done, and releases the world.';
    },
  };
  const unask = all.map((w): Line => ({
    text: `word of worker ${w}: no longer asked`,
    does(memory) {
      memory[word(w)] = (memory[word(w)] ?? 0) & ~ASKED;
      return `takes its request back from worker ${w}.`;
    },
  }));
  const gate: Line = {
    text: 'change the gate, which wakes sleeping workers',
    does(memory) {
      memory.gate = (memory.gate ?? 0) + 1;
      return 'changes the gate: the workers that sleep there wake up.';
    },
  };
  const late: Line = { text: 'a worker is late: give this pause up', does: () => 'gives the pause up.' };
  const asking = mutant === 'request-after-arming' ? [begin, ...ask, open] : [begin, open, ...ask];
  const letting = mutant === 'gate-before-disarm' ? [gate, ...unask] : [...unask, gate];
  const once = [...asking, wait, stopped, done, ...letting];
  return { name: 'Requester', lines: givesUp ? [...asking, late, ...letting, ...once] : once };
}
