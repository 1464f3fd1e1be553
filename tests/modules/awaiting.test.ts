import assert from 'node:assert/strict';
import { test } from 'vitest';
import { awaitingText } from '../../www/words/awaiting-text.ts';
import { pauseLine } from '../../www/words/log-line.ts';
import { Spectator } from '../../www/engine/spectator.ts';
import { StatusReader } from '../../www/engine/status.ts';
import { givenUp } from './made.ts';

const POLICY = { calls: true, back_edges: false, allocations: true, awaits: true, every: 1 };
const row = { bytes: '', site: null };
const program = {
  functions: ['main', 'deaf'],
  listing: [
    { ...row, function: 'main', index: 0, offset: 0, text: 'call deaf', line: 9, poll: 'call' },
    { ...row, function: 'deaf', index: 0, offset: 0, text: 'arraycopy', line: 2, poll: null },
    { ...row, function: 'deaf', index: 1, offset: 3, text: 'jmp again', line: 3, poll: 'back-edge' },
  ],
} as any;

/** Status blocks of two workers at 64, their notes at 1024 and 1040, and the requester's ring at 2048. */
const BLOCKS = 64;
const NOTES = 1024;
const layout = {
  cancel: { flag: 0, bells: [] },
  hidden: 0,
  zero: 0,
  status: { address: BLOCKS, stride: 64, count: 2 },
  rings: [
    { address: 4096, capacity: 4 },
    { address: 5120, capacity: 4 },
    { address: 2048, capacity: 8 },
  ],
};

function leave(
  memory: SharedArrayBuffer,
  worker: number,
  {
    kind,
    task,
    functionIndex,
    instruction,
  }: { kind: number; task: number; functionIndex: number; instruction: number },
) {
  const words = new BigUint64Array(memory);
  words[(BLOCKS + 64 * worker + 48) / 8] = BigInt(NOTES + 16 * worker);
  words[(NOTES + 16 * worker) / 8] = (BigInt(functionIndex) << 32n) | BigInt(instruction);
  words[(NOTES + 16 * worker) / 8 + 1] = (1n << 63n) | (BigInt(task) << 8n) | BigInt(kind);
}

test('what a worker left word of is read where it is, and only if it keeps it from polling', () => {
  const memory = new SharedArrayBuffer(8192);
  const status = new StatusReader(memory, layout.status, program, POLICY);
  assert.equal(status.noted(0, memory), null, 'no worker yet');
  leave(memory, 0, { kind: 7, task: 2 ** 32 - 2, functionIndex: 1, instruction: 1 });
  const { kind, text, line, task } = status.noted(0, memory) ?? assert.fail();
  assert.deepEqual([kind, text, line, task], ['unpolled', 'deaf, line 3, jmp again', 3, 2 ** 32 - 2]);
  leave(memory, 0, { kind: 5, task: 1, functionIndex: 1, instruction: 0 });
  assert.equal(status.noted(0, memory)?.kind, 'bulk');
  leave(memory, 0, { kind: 2, task: 1, functionIndex: 1, instruction: 1 });
  assert.equal(status.noted(0, memory), null, 'a poll keeps no worker');
  leave(memory, 0, { kind: 7, task: 1, functionIndex: 7, instruction: 0 });
  assert.equal(status.noted(0, memory), null, 'no such function');
  new BigUint64Array(memory)[(BLOCKS + 48) / 8] = 8192n;
  assert.equal(status.noted(0, memory), null, 'not in this memory');
});

test('who is awaited follows from the requests and from what workers say', () => {
  const memory = new SharedArrayBuffer(8192);
  const spectator = new Spectator({ buffer: memory } as any, layout, program, POLICY);
  const state = new Uint32Array(memory, BLOCKS);
  // Worker 0 stands, worker 1 runs and was seen last at a poll of main.
  state[0] = 2;
  [1, 3, 0, 0].forEach((word, i) => (state[16 + i] = word));
  assert.equal(spectator.awaiting(), null);
  const ring = new Uint32Array(memory, 2048);
  const event = (n: number, kind: number, pause: number) => {
    writeEvent(memory, n, { kind, pause, time: 500 + n });
    Atomics.store(ring, 0, n + 1);
  };
  event(0, 33, 7);
  const { pause, since, workers } = spectator.awaiting() ?? assert.fail();
  assert.deepEqual([pause, since], [7, 500]);
  assert.deepEqual(
    workers.map(({ worker, kind, place, last }) => [worker, kind, place, last?.text]),
    [[1, 'unknown', null, 'main, line 9, call deaf']],
  );
  leave(memory, 1, { kind: 7, task: 3, functionIndex: 1, instruction: 1 });
  assert.deepEqual(
    spectator.awaiting()?.workers.map(({ kind, line }) => [kind, line]),
    [['unpolled-loop', 3]],
  );
  event(1, 37, 7);
  assert.equal(spectator.awaiting(), null, 'taken back');
});

/** As `src/trace` has it. */
function writeEvent(
  memory: SharedArrayBuffer,
  n: number,
  { kind, pause, time }: { kind: number; pause: number; time: number },
) {
  const at = 2048 + 64 + 32 * n;
  const view = new DataView(memory);
  view.setFloat64(at, time, true);
  view.setUint32(at + 8, kind, true);
  view.setUint32(at + 12, pause, true);
}

const place = { kind: 'unpolled', text: 'deaf, line 3, jmp again', line: 3 };
const last = { kind: 'call', text: 'main, line 9, call deaf', line: 9, function: 'main' };

test('while a stop does not come it is said which worker is missing, since when, where, why, and what to do', () => {
  const missing = [{ worker: 2, kind: 'unpolled-loop', place, line: 3, last }] as any;
  const awaiting = { pause: 3, reason: 'gc' as const, since: 1e6, workers: missing };
  assert.equal(
    awaitingText(awaiting, 4.5e6, 4, 5),
    'GC has waited 3.50\u202fs for 1 worker of 4 to stop, and 3 workers stand still. Worker 2 is in a loop whose ' +
      'back-edge does not poll (deaf, line 3, jmp again). It cannot be stopped before it comes to a poll, and the loop has none. Press Take back to let all ' +
      'workers run on; with a poll at its back-edge it would stop at once.',
  );
  const unknown = { ...awaiting, workers: [{ ...missing[0], kind: 'unknown', place: null, line: null }] };
  assert.match(
    awaitingText(unknown, 2e6, 1, 5),
    /for 1 worker of 1 to stop\. Worker 2 is between two polls, place not known; it was seen last at main, line 9, call deaf\. Wait for it, or press Take back/,
  );
  const many = { ...awaiting, workers: Array.from({ length: 9 }, () => missing[0]) };
  assert.match(awaitingText(many, 2e6, 9, 5), /So are 6 more\. It cannot/);
});

test('a request that was taken back has a line of its own in the log', () => {
  assert.equal(
    pauseLine(givenUp(), { begin: 0, previousEnd: null, step: 5 }),
    '[0.001s][info][safepoint] Request 41 "GC" taken back, Waiting in queue: 10 us, Waited in vain: 3820 us, ' +
      'Not stopped: worker 1 at hog, line 15, acopy',
  );
});
