import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'vitest';
import { canMove, initial, step } from '../../www/protocol/model.ts';
import { modelOf, PROTOCOLS } from '../../www/protocol/protocols.ts';
import { search } from '../../www/protocol/search.ts';
import { Walk } from '../../www/protocol/walk.ts';
import type { Protocol } from '../../www/protocol/protocols.ts';
import type { Model } from '../../www/protocol/model.ts';

/** What goes wrong in each, and nothing else does. */
const WRONG: Record<string, string[]> = {
  barrier: ['ran', 'stuck'],
  lab: [],
  'plain-store-on-leave': ['ran'],
  'newcomers-run': ['ran'],
  'free-slots-not-armed': ['ran'],
  'untagged-arrivals': ['ran'],
  'request-after-arming': ['stuck'],
  'gate-before-disarm': ['stuck'],
};

function protocol(id: string) {
  return PROTOCOLS.find((one) => one.id === id) as Protocol;
}

for (const one of PROTOCOLS) {
  test(`what goes wrong in "${one.name}" is found, and the way there leads to it`, () => {
    const model = modelOf(one);
    const { faults } = search(model);
    assert.deepEqual(faults.map(({ kind }) => kind).sort(), WRONG[one.id]);
    for (const fault of faults) {
      const walk = new Walk(model);
      walk.restart(fault);
      for (let next = walk.next; next !== null; next = walk.next) walk.move(next);
      assert.equal(walk.taken.length, fault.steps.length);
      assert.equal(walk.taken.at(-1)?.wrong, fault.kind === 'ran');
      if (fault.kind === 'stuck') assert.equal(canMove(model, walk.state, fault.thread), false);
      assert.ok(walk.taken.slice(0, -1).every(({ wrong }) => !wrong));
    }
  });
}

test('without its mutation each of them does nothing wrong, whatever the workers do', () => {
  for (const { variant } of PROTOCOLS) {
    if (!variant) continue;
    const { mutant, ...right } = variant;
    assert.deepEqual(search(modelOf({ ...protocol('lab'), variant: right })).faults, []);
  }
  for (const kinds of [
    ['polls', 'blocks'],
    ['polls', 'comes'],
  ] as const) {
    const variant = { workers: [...kinds], givesUp: true };
    assert.deepEqual(search(modelOf({ ...protocol('lab'), variant })).faults, []);
  }
});

test('the ways to break the protocol are those that the coordinator is tested with', () => {
  const source = readFileSync(new URL('../../crates/safepoint/src/mutant.rs', import.meta.url), 'utf8');
  for (const { id, variant } of PROTOCOLS) {
    if (!variant?.mutant) continue;
    assert.equal(variant.mutant, id);
    const name = id.replace(/(^|-)(.)/g, (_, __, letter) => letter.toUpperCase());
    assert.match(source, new RegExp(`^    ${name}( = 1)?,$`, 'm'));
  }
});

/** Two threads that pass a token; the second gives it back only if `kept` is false. */
function token(kept: boolean): Model {
  const has = (who: number) => (memory: Record<string, number>) => memory.token !== who;
  return {
    memory: { token: 0, stopped: 0 },
    stopped: () => false,
    words: [],
    threads: [0, 1].map((who) => ({
      name: `T${who}`,
      lines: [
        {
          label: 'again',
          text: 'pass it on',
          waits: has(who),
          does(memory) {
            memory.token = kept && who === 1 ? 1 : 1 - who;
            return { says: 'passes it on.', to: 'again' };
          },
        },
      ],
    })),
  };
}

test('only a thread that can never move again is stuck, and one that waits for another that comes is not', () => {
  assert.deepEqual(search(token(false)), { states: 2, faults: [] });
  assert.deepEqual(search(token(true)), {
    states: 2,
    faults: [{ kind: 'stuck', thread: 0, steps: [0] }],
  });
});

test('a step leaves the state that it came from, so that one can go back', () => {
  const model = modelOf(protocol('lab'));
  const before = initial(model);
  const copy = structuredClone(before);
  step(model, before, 2);
  assert.deepEqual(before, copy);
  const walk = new Walk(model);
  walk.move(2);
  walk.move(0);
  walk.back();
  walk.back();
  assert.deepEqual(walk.state, copy);
});

test('who leaves the way is told no next step until they are back on it', () => {
  const model = modelOf(protocol('gate-before-disarm'));
  const walk = new Walk(model);
  const [fault] = search(model).faults;
  assert.ok(fault);
  walk.restart(fault);
  const [first = 0] = fault.steps;
  const other = [0, 1, 2].find((thread) => thread !== first && walk.canMove(thread)) ?? 0;
  walk.move(other);
  assert.deepEqual([walk.next, walk.onWay], [null, false]);
  walk.back();
  assert.deepEqual([walk.next, walk.onWay], [first, true]);
  // Who cannot move does not.
  const waiting = { ...walk.state, at: [...walk.state.at] };
  while (walk.next !== null) walk.move(walk.next);
  const there = walk.taken.length;
  walk.move(fault.thread);
  assert.equal(walk.taken.length, there);
  assert.notDeepEqual(walk.state, waiting);
});
