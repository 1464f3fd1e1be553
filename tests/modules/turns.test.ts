import assert from 'node:assert/strict';
import { test } from 'vitest';
import { EVERYWHERE } from '../../www/run/policy.ts';
import { compare, isEnough, isTellable, spread } from '../../www/run/turns.ts';
import { changeText, measuringText, rateText, turnsText, waitText } from '../../www/words/turns-text.ts';
import type { RunSummary } from '../../www/run/run-summary.ts';
import type { Placement } from '../../www/run/turns.ts';

const POLICIES: Placement[] = [
  EVERYWHERE,
  { ...EVERYWHERE, every: 1000 },
  { ...EVERYWHERE, back_edges: false },
].map((policy) => ({ policy, within: null }));
const plain = (text: string) => text.replaceAll('\u202f', ' ');

function turn(policy: number, round: number, instructions: number, change: Partial<RunSummary> = {}) {
  const summary = {
    ...{ program: 'a', workers: 4, cores: 2, policy: EVERYWHERE, seconds: 2, instructions, polls: 0 },
    ...{ reason: 'gc' as const, pauses: 20, ttsp: { p50: 50, p99: 90, max: 100 * (round + 1) } },
    ...{ wasted: 0, bound: 18, step: 5 },
    ...change,
  };
  return { policy, round, summary };
}

const LITTLE =
  'With polls at every back-edge at most 18 instructions lie between two polls: beside so little work a poll is much.';

test('a policy is compared with the first one of the same round', () => {
  // The machine was half as fast in the second round: that meets both.
  const turns = [turn(0, 0, 1e9), turn(1, 0, 1.8e9), turn(0, 1, 0.5e9), turn(1, 1, 0.9e9)];
  const [first, second] = compare(POLICIES, turns);
  assert.equal(first?.ratio, null);
  assert.deepEqual(second?.ratio, { median: 1.8, least: 1.8, most: 1.8 });
  assert.equal(compare(POLICIES, turns).length, 2, 'the third had no turn');
  assert.equal(
    plain(turnsText(compare(POLICIES, turns), 5)),
    'With polls at one back-edge in 1000 80 % (80 to 80) more work was done, and stops came as soon, as far as can be told. ' +
      LITTLE,
  );
  const long = turns.map((one) => ({ ...one, summary: { ...one.summary, bound: 400 } }));
  assert.ok(!turnsText(compare(POLICIES, long), 5).includes('so little work'));
  assert.equal(turnsText(compare(POLICIES, [turn(0, 0, 1e9)]), 5), '');
});

test('placements of which the same is said share a sentence', () => {
  const placements: Placement[] = [
    ...POLICIES.slice(0, 2),
    { policy: EVERYWHERE, within: 1000 },
    { policy: { ...EVERYWHERE, adapt: 100 }, within: null },
  ];
  const turns = [0, 1, 2].flatMap((round) => [1, 1.2, 1.3, 0.5].map((by, at) => turn(at, round, by * 1e9)));
  assert.equal(
    plain(turnsText(compare(placements, turns), 5)),
    'With polls at one back-edge in 1000 or places at most 1000 instructions apart 20 to 30 % more work was done, and stops ' +
      'came as soon, as far as can be told. With polls at as few back-edges as 100 µs allow 50 % (50 to 50) less work was done, and ' +
      'stops came as soon, as far as can be told. ' +
      LITTLE,
  );
});

test('of one round or two nothing is told', () => {
  const rounds = (count: number) =>
    Array.from({ length: count }, (_, round) => [0, 1, 2].map((policy) => turn(policy, round, 1e9))).flat();
  assert.deepEqual(
    [0, 2, 3].map((count) => isEnough(POLICIES, rounds(count))),
    [false, false, true],
  );
  assert.ok(!isEnough(POLICIES, rounds(3).slice(0, -1)), 'the third had two turns');
});

test('what differs from round to round in both directions, or by little, cannot be told apart', () => {
  assert.ok(!isTellable({ median: 1.2, least: 0.9, most: 1.6 }));
  assert.ok(!isTellable({ median: 1.05, least: 1.02, most: 1.08 }));
  assert.ok(isTellable({ median: 0.7, least: 0.65, most: 0.8 }));
  assert.equal(changeText({ median: 1.05, least: 1.02, most: 1.08 }), 'cannot be told apart');
  assert.equal(plain(changeText({ median: 0.7, least: 0.65, most: 0.8 })), '−30 % (−35 to −20)');
});

test('stops that came later are told with their range, unless it is a step of the clock', () => {
  const turns = [0, 1, 2].flatMap((round) => [
    turn(0, round, 1e9),
    turn(1, round, 1e9, { ttsp: { p50: 300 + 100 * round, p99: 900, max: 900 } }),
  ]);
  assert.equal(
    plain(turnsText(compare(POLICIES, turns), 5)),
    'With polls at one back-edge in 1000 it cannot be told whether more or less work was done (+0 to +0 %), and half of the stops came within 400 µs (300 µs to 500 µs) instead of 50 µs (50 µs to 50 µs).',
  );
  assert.match(turnsText(compare(POLICIES, turns), 500), /stops came as soon, as far as can be told\.$/);
});

test('the headline says what is measured, and stays', () => {
  const [, , last] = POLICIES;
  assert.ok(last);
  const of = { placement: last, round: 1, rounds: 5, ms: 2000, everyMs: 100 };
  assert.equal(measuringText(of)[0], 'Measuring by turns: round 2 of 5, polls at no back-edge.');
});

test('of a request that waits, those that are due meanwhile count', () => {
  // One was made and waited for 1.9 s; eighteen more were due.
  const ttsp = { p50: 1e6, p99: 1.9e6, max: 1.9e6 };
  const waiting = turn(2, 0, 1e9, { pauses: 1, givenUp: 1, due: 20, atLeast: 1e5, isHalfOpen: true, ttsp });
  const [, one] = compare(POLICIES, [turn(0, 0, 1e9), waiting]);
  assert.ok(one);
  assert.deepEqual([one.requests, one.isUnanswered], [20, true]);
  assert.equal(plain(waitText(one, 5)), '≥ 1.00 s, longest ≥ 1.90 s');
});

test('what is not known is not said: workers that told nothing, requests that were not made', () => {
  const turns = [turn(0, 0, 1e9), turn(2, 0, 9e9, { uncounted: 4, pauses: 0, givenUp: 0 })];
  const none = compare(POLICIES, turns)[1];
  assert.ok(none);
  assert.deepEqual([none.rates, none.ratio, none.waits], [[], null, []]);
  assert.equal(rateText(none.rates), 'not known');
  assert.equal(waitText(none, 5), 'no request');
  assert.match(
    turnsText(compare(POLICIES, turns), 5),
    /no back-edge it is not known how much work was done\.$/,
  );
});

test('a request that was given up waited at least so long, and the longest of all turns is told', () => {
  const turns = [0, 1].map((round) => turn(0, round, 1e9, { atLeast: round === 1 ? 200 : null }));
  const [one] = compare(POLICIES, turns);
  assert.ok(one);
  assert.equal(plain(waitText(one, 5)), '50 µs, longest ≥ 200 µs');
  assert.equal(one.requests, 40);
  assert.equal(plain(rateText(one.rates)), '1.00 G/s (1.00 G to 1.00 G)');
  const vain = turn(2, 0, 1e9, {
    pauses: 0,
    givenUp: 1,
    atLeast: 900_000,
    isHalfOpen: true,
    ttsp: { p50: 9e5, p99: 9e5, max: 9e5 },
  });
  const all = compare(POLICIES, [turn(0, 0, 1e9), vain]);
  assert.match(plain(turnsText(all, 5)), /and no stop came before its turn was over\.$/);
  const half = { ...vain, summary: { ...vain.summary, pauses: 1 } };
  assert.match(
    plain(turnsText(compare(POLICIES, [turn(0, 0, 1e9), half]), 5)),
    /half of the requests waited longer than 900 ms\.$/,
  );
  assert.ok(all[1]);
  assert.equal(plain(waitText(all[1], 5)), '≥ 900 ms, longest ≥ 900 ms');
  assert.deepEqual(spread([3, 1, 2]), { median: 2, least: 1, most: 3 });
  assert.deepEqual(spread([1, 2]).median, 1.5);
});
