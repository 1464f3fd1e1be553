/**
 * The rules of the Trace Event format that our traces use.
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
import assert from 'node:assert/strict';
import type { Trace } from '../../www/run/types.ts';

const NAMES = ['process_name', 'process_labels', 'process_sort_index', 'thread_name', 'thread_sort_index'];
/** A thousandth of a microsecond: instants are sums of doubles. */
const EXACT = 1e-3;

/** @param trace as a reader of the file gets it */
export function checkTrace(trace: Trace) {
  assert.ok(Array.isArray(trace.traceEvents));
  assert.ok(['ms', 'ns'].includes(trace.displayTimeUnit));
  assert.equal(typeof trace.otherData, 'object');
  const asynchronous: Map<string, { ts: number }> = new Map();
  const stacks: Map<number, { name: string; end: number }[]> = new Map();
  const named = new Set();
  let last = -Infinity;
  for (const event of trace.traceEvents) {
    const where = JSON.stringify(event);
    assert.equal(typeof event.name, 'string', where);
    assert.ok(event.name, where);
    assert.ok(Number.isInteger(event.pid) && Number.isInteger(event.tid), where);
    if (event.ph === 'M') {
      assert.ok(NAMES.includes(event.name), where);
      assert.ok(event.args && ('name' in event.args || 'sort_index' in event.args), where);
      if (event.name === 'thread_name') named.add(event.tid);
      continue;
    }
    const { ts = NaN, dur = NaN } = event;
    assert.ok(Number.isFinite(ts) && ts >= 0, where);
    assert.ok(ts >= last, `in the order of time: ${where}`);
    last = ts;
    assert.ok(named.has(event.tid), `the row has a name: ${where}`);
    switch (event.ph) {
      case 'X': {
        assert.ok(Number.isFinite(dur) && dur >= 0, where);
        const stack = stacks.get(event.tid) ?? [];
        stacks.set(event.tid, stack);
        while (stack.length > 0 && stack[stack.length - 1].end <= ts + EXACT) stack.pop();
        const outer = stack.at(-1);
        if (outer) assert.ok(ts + dur <= outer.end + EXACT, `inside of ${outer.name}: ${where}`);
        stack.push({ name: event.name, end: ts + dur });
        break;
      }
      case 'i':
        assert.ok(['g', 'p', 't'].includes(event.s ?? ''), where);
        break;
      case 'b':
      case 'e': {
        assert.ok(event.id !== undefined && event.cat, where);
        const key = `${event.cat} ${event.id} ${event.name}`;
        if (event.ph === 'b') {
          assert.ok(!asynchronous.has(key), `begun twice: ${where}`);
          asynchronous.set(key, { ts });
        } else assert.ok(asynchronous.delete(key), `ended without a begin: ${where}`);
        break;
      }
      case 'C':
        for (const value of Object.values(event.args ?? { none: null }))
          assert.equal(typeof value, 'number', where);
        break;
      default:
        assert.fail(`an unknown phase: ${where}`);
    }
  }
  assert.deepEqual([...asynchronous.keys()], [], 'begun and not ended');
}

/** The pauses of a trace, each with its parts. */
export function pausesOf(trace: Trace) {
  const parts = (id: number, name: string) =>
    trace.traceEvents.filter((event) => event.name === name && event.args?.pause === id);
  return trace.traceEvents
    .filter((event) => event.ph === 'X' && event.cat === 'pause' && event.args?.id !== undefined)
    .map((event) => {
      const id = event.args?.id as number;
      const one = (name: string) => parts(id, name)[0]?.dur;
      return {
        id,
        reason: event.name,
        ts: event.ts ?? NaN,
        ttsp: one('time to safepoint'),
        operation: one('operation'),
        release: one('release'),
        arrivals: parts(id, 'arrived'),
        again: parts(id, 'first instruction'),
        stopped: parts(id, 'stopped'),
      };
    });
}
