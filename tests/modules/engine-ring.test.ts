import assert from 'node:assert/strict';
import { test } from 'vitest';
import { RingReader } from '../../www/engine/ring.ts';

const HEADER_WORDS = 16;
const EVENT_WORDS = 8;
const ARRIVED = 7;

/** A writer as `src/trace/ring.rs` has it. */
class Writer {
  layout;
  buffer;
  words;
  view;

  constructor(capacity: number) {
    this.layout = { address: 64, capacity };
    this.buffer = new SharedArrayBuffer(64 + (HEADER_WORDS + capacity * EVENT_WORDS) * 4);
    this.words = new Uint32Array(this.buffer, 64);
    this.view = new DataView(this.buffer, 64);
    this.words[1] = capacity;
  }

  reader(worker = 3) {
    return new RingReader(this.buffer, this.layout, worker);
  }

  write(pause: number, kind = ARRIVED) {
    this.begin(pause, kind);
    Atomics.add(this.words, 0, 1);
  }

  /** Everything but counting it. */
  begin(pause: number, kind = ARRIVED) {
    const written = Atomics.load(this.words, 0);
    const at = (HEADER_WORDS + (written & (this.layout.capacity - 1)) * EVENT_WORDS) * 4;
    this.view.setFloat64(at, pause + 0.5, true);
    this.view.setUint32(at + 8, kind | (2 << 8), true);
    [pause, 11, 12, 13, 14].forEach((value, index) => this.view.setUint32(at + 12 + index * 4, value, true));
  }
}

function pauses(reader: RingReader) {
  const seen: number[] = [];
  reader.drain(({ pause }) => seen.push(pause));
  return seen;
}

test('an event is decoded whole', () => {
  const writer = new Writer(16);
  writer.write(5);
  const events: unknown[] = [];
  assert.equal(
    writer.reader().drain((event) => events.push({ ...event })),
    1,
  );
  assert.deepEqual(events, [
    {
      time: 5.5,
      worker: 3,
      kind: 'arrived',
      detail: 2,
      pause: 5,
      task: 11,
      function: 12,
      instruction: 13,
      count: 14,
    },
  ]);
});

test('events are handed over once, in order', () => {
  const writer = new Writer(16);
  const reader = writer.reader();
  assert.deepEqual(pauses(reader), []);
  writer.write(1);
  writer.write(2);
  assert.deepEqual(pauses(reader), [1, 2]);
  writer.write(3);
  assert.deepEqual(pauses(reader), [3]);
  assert.deepEqual(pauses(reader), []);
});

test('a reader that was overtaken gets the newest and counts the rest', () => {
  const writer = new Writer(16);
  const reader = writer.reader();
  for (let pause = 1; pause <= 40; pause++) writer.write(pause);
  const seen = pauses(reader);
  assert.deepEqual(
    seen,
    Array.from({ length: 15 }, (_, index) => 26 + index),
  );
  assert.equal(reader.dropped, 25);
});

test('events that are overwritten while they are read are counted, not handed over', () => {
  const writer = new Writer(16);
  const reader = writer.reader();
  for (let pause = 1; pause <= 10; pause++) writer.write(pause);
  const seen: number[] = [];
  reader.drain(({ pause }) => {
    seen.push(pause);
    // The writer comes round: 2 to 5 are gone when the reader goes on, and 6 is being overwritten.
    if (pause === 1) for (let next = 11; next <= 21; next++) writer.write(next);
  });
  assert.deepEqual(seen, [1, 7, 8, 9, 10]);
  assert.equal(reader.dropped, 5);
  assert.deepEqual(pauses(reader), [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
});

test('an event that is being written is not read', () => {
  const writer = new Writer(16);
  const reader = writer.reader();
  for (let pause = 1; pause <= 16; pause++) writer.write(pause);
  writer.begin(17); // over 1
  assert.deepEqual(pauses(reader)[0], 2);
  assert.equal(reader.dropped, 1);
});

test('the count may wrap at 2^32', () => {
  const writer = new Writer(16);
  writer.words[0] = 0xfffffffe;
  const reader = writer.reader();
  reader.skipToEnd();
  for (let pause = 1; pause <= 4; pause++) writer.write(pause);
  assert.deepEqual(pauses(reader), [1, 2, 3, 4]);
  assert.equal(reader.dropped, 0);
});

test('an unknown kind is skipped', () => {
  const writer = new Writer(16);
  const reader = writer.reader();
  writer.write(1);
  writer.write(2, 200);
  writer.write(3);
  assert.deepEqual(pauses(reader), [1, 3]);
});
