import assert from 'node:assert/strict';
import { test } from 'vitest';
import {
  awaitedMark,
  findingOf,
  headline,
  headlineOf,
  lateMark,
  summaryText,
} from '../../www/words/finding-text.ts';
import { settingsText } from '../../www/words/settings-text.ts';
import { pauseOf } from './made.ts';
import type { CauseKind, Pause } from '../../www/run/types.ts';

const plain = (text: string | null | undefined) => text?.replaceAll('\u202f', ' ');

/** A pause in which the last worker was late for a reason. */
function lateFor(kind: CauseKind, change: Partial<Pause> = {}) {
  const pause = pauseOf(change);
  const [{ worker, site } = { worker: 1, site: null }] = pause.stragglers;
  const cause = { worker, kind, place: site, line: site?.line ?? null, late: pause.ttsp, evidence: '' };
  return { ...pause, causes: [cause] };
}

test('the headline names the last worker and what kept it; a line only where that is the cause', () => {
  const say = (pause: Pause) => plain(headline(pause, 5));
  assert.equal(
    say(lateFor('long-instruction')),
    'The stop took 3.82 ms: worker 1 was in one long instruction, which does not poll (line 15).',
  );
  assert.equal(say(lateFor('no-processor')), 'The stop took 3.82 ms: worker 1 waited for a processor.');
  assert.equal(
    say(lateFor('unknown')),
    'The stop took 3.82 ms: worker 1 was the last one, and it is not known why.',
  );
  const seen = { evidence: 'it executed at most 7 instructions since its last poll' };
  const quiet = lateFor('unknown');
  assert.equal(
    say({ ...quiet, causes: quiet.causes.map((cause) => ({ ...cause, ...seen })) }),
    'The stop took 3.82 ms: worker 1 was the last one, though it executed at most 7 instructions since its last poll.',
  );
  const own = { worker: 0, kind: 'unpolled-loop' as const, place: null, line: 7, late: 2900, evidence: '' };
  assert.match(
    say({ ...quiet, causes: [...quiet.causes, own] }) ?? '',
    /^The stop took 3\.82 ms: worker 0 was in a loop whose back-edge does not poll.* for 2\.90 ms; worker 1 was the last one\.$/,
    'who was late by its own making is told of, also where another one came last',
  );
  assert.match(
    say({ ...quiet, causes: [...quiet.causes, { ...own, late: 900 }] }) ?? '',
    /^The stop took 3\.82 ms: worker 1 was the last one/,
    'not of a small part of the stop',
  );
  assert.equal(say(pauseOf()), 'Both workers stood still within 3.82 ms.');
  assert.equal(say(pauseOf({ ttsp: 2, operation: 40 })), 'Both workers stood still in under 5 µs.');
  const died = { worker: 0, kind: 'died' as const, place: null, line: null, late: 10, evidence: '' };
  assert.equal(
    say(pauseOf({ causes: [died], sentence: 'Worker 0 died while it was waited for. It ran on.' })),
    'Worker 0 died while it was waited for.',
    'a worker that died did not stop',
  );
  assert.equal(
    say(lateFor('unpolled-loop', { ended: 'cancelled' })),
    'Taken back after 3.82 ms: worker 1 was in a loop whose back-edge does not poll (line 15).',
  );
  assert.equal(
    say(lateFor('unknown', { ended: 'timed-out' })),
    'Given up after 3.82 ms: worker 1 had not stopped.',
  );
  assert.equal(
    say(pauseOf({ stragglers: [], sentence: 'No worker was awaited. It took 2.5 ms.' })),
    'No worker was awaited.',
  );
});

test('what was done in the stopped world leads where it took most of the pause', () => {
  const say = (change: Partial<Pause>) => plain(headline(lateFor('unknown', change), 5));
  assert.equal(
    say({ reason: 'snapshot', ttsp: 1470, operation: 67_700 }),
    'The workers stood still within 1.47 ms; the snapshot took 67.7 ms.',
  );
  assert.equal(
    plain(headline(pauseOf({ ttsp: 50, operation: 20_000 }), 5)),
    'The workers stood still within 50 µs; the collection took 20.0 ms.',
  );
  assert.match(
    headline(lateFor('long-instruction', { ttsp: 1470, operation: 67_700 }), 5),
    /^The stop took/,
    'who was late by its own making comes first',
  );
  assert.match(say({ ttsp: 1470, operation: 1470 * 3 }) ?? '', /^The stop took/, 'not much longer');
  assert.match(say({ ttsp: 50, operation: 9000 }) ?? '', /^The stop took/, 'not felt');
});

test('what the headline says is not said again', () => {
  const idle = pauseOf({ stragglers: [], sentence: 'No worker was awaited. It took 2.5 ms.' });
  assert.deepEqual(findingOf(idle, 5), ['No worker was awaited.', 'It took 2.5 ms.']);
  const late = lateFor('no-processor');
  assert.equal(findingOf(late, 5)[1], late.sentence);
});

test('a text is cut after its first sentence, not in a figure', () => {
  assert.deepEqual(headlineOf('It took 2.5 ms. Then it ran. On.'), ['It took 2.5 ms.', 'Then it ran. On.']);
  assert.deepEqual(headlineOf('One.'), ['One.', '']);
});

test('several stops a second are one finding, and a worker is named only when it is last in most', () => {
  const stops = (last: number[]) =>
    last.map((worker, i) => {
      const [straggler] = pauseOf().stragglers;
      return pauseOf({
        ...{ id: i, at: 9e6 + i * 1e5, ttsp: (i + 1) * 100, operation: 50_000, release: 5 },
        stragglers: straggler ? [{ ...straggler, worker }] : [],
      });
    });
  assert.equal(
    plain(summaryText(stops([2, 1, 2, 2]), 9.5e6, 5)),
    '4 stops in the last 5 s, of which the world stood still for 4 %: half of them came within 300 µs, all within 400 µs. Worker 2 was last in 3 of them, most often at hog, line 15, acopy.',
  );
  assert.equal(
    plain(summaryText(stops([2, 1, 2, 1]), 9.5e6, 5)),
    '4 stops in the last 5 s, of which the world stood still for 4 %: half of them came within 300 µs, all within 400 µs.',
  );
  assert.match(
    plain(summaryText(stops([2, 1, 2, 2]), 9.5e6, 5, 500_000)) ?? '',
    /^4 stops in the last 500 ms, of which/,
    'no longer than there is a record',
  );
  assert.equal(summaryText(stops([1, 1]), 9.5e6, 5), null, 'two are told one by one');
  assert.equal(summaryText(stops([2, 1, 2, 2]), 11e6, 5), null, 'they are over');
});

test('behind the line stands what kept the worker there, or that it only stopped there', () => {
  const mark = lateMark(lateFor('long-instruction'), 5);
  assert.equal(
    plain(mark?.note),
    'worker 1 was here for 3.82 ms: in one long instruction, which does not poll',
  );
  assert.deepEqual([mark?.line, mark?.isCause], [15, true]);
  const other = lateMark(lateFor('no-processor'), 5);
  assert.equal(plain(other?.note), 'worker 1 stopped here after 3.82 ms');
  assert.equal(other?.isCause, false);
  assert.equal(lateMark(pauseOf({ stragglers: [] }), 5), null);
  const awaiting = { pause: 1, reason: 'gc' as const, since: 0, workers: [] };
  assert.equal(awaitedMark(awaiting), null);
});

test('the folded settings name the workers, and what is not as usual', () => {
  const usual = {
    ...{ workers: 4, policy: null, counted: true, compile: true, keepStopped: true },
    automatic: { enabled: false, everyMs: 250, reason: 'gc' as const },
    timeouts: { mode: 'for-ever' as const, warnMs: 50, deadlineMs: 1000 },
    isLent: false,
  };
  assert.equal(settingsText(usual), 'Run settings: 4 workers');
  assert.equal(settingsText({ ...usual, isLent: true }), 'Run settings of this program: 4 workers');
  const text = settingsText({
    ...{ workers: 1, counted: false, compile: false, keepStopped: false },
    policy: { calls: true, back_edges: true, allocations: false, awaits: false, every: 100 },
    automatic: { enabled: true, everyMs: 20, reason: 'debug' },
    timeouts: { mode: 'give-up', warnMs: 50, deadlineMs: 1500 },
    isLent: false,
  });
  assert.equal(
    plain(text),
    'Run settings: 1 worker · polls: calls, one back-edge in 100 · polls not counted · interpreted · gives up after 1500 ms · goes on by itself · Debug every 20 ms',
  );
});
