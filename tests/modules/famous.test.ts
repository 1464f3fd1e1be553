import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'vitest';
import { changes } from '../../www/lessons/changes.ts';
import { readFamous, workersOn } from '../../www/lessons/famous.ts';
import { figureOf, isAskedFor, isRunOf, middleOf, shows, tells } from '../../www/lessons/famous-judge.ts';
import { comparedText, missedText, settingsText, shownText } from '../../www/lessons/famous-said.ts';
import { FAMOUS } from '../../www/lessons/famous-shipped.ts';
import { arrivalOf, givenUp, pauseOf } from './made.ts';
import type { Run } from '../../www/run/run-summary.ts';
import type { Halt, Pause, Program } from '../../www/run/types.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

const TEXT = `---
title: A pause
runtime: A runtime
source: somebody/something issue 1
link: https://example.org/1
workers: 8 a core
polls: back-edges off
cured-workers: 3
cured-polls: back-edges on, every 100
shows: unpolled-loop
line: 2
compare: executed
ratio: 10
---

History.

## Before

What to see.

## After

Why.
`;
const read = (text = TEXT, after: string | null = null) => readFamous(text, 'a-pause', 'one\ntwo\n', after);

const POLICY = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };
const runOf = (changed: Partial<Run>): Run => ({
  workers: 3,
  policy: null,
  program: { source: 'one\ntwo\n', policy: POLICY } as Program,
  bounds: null,
  ...changed,
});

const SITE = {
  kind: 'unpolled',
  task: 1,
  function: 'f',
  instruction: 1,
  offset: 1,
  line: 2,
  text: 'f, line 2',
} as const;
const late = (kind: string, line = 2): Partial<Pause> => ({
  causes: [{ worker: 1, kind, place: { ...SITE, line }, line, late: 3820, evidence: '' }] as Pause['causes'],
});

test('there are at least twelve, each with a history, a source, and a line of its program', () => {
  const files = readdirSync(new URL('../../www/famous/', import.meta.url));
  assert.equal(FAMOUS.length, files.filter((file) => file.endsWith('.md')).length);
  assert.ok(FAMOUS.length >= 12);
  assert.equal(new Set(FAMOUS.map(({ name }) => name)).size, FAMOUS.length);
  for (const { name, history, source, link, line, before, after, ratio } of FAMOUS) {
    assert.match(name, /^[a-z-]+$/);
    assert.ok(history.length > 0 && source !== '' && link.startsWith('https://'), name);
    const lines = before.program.trimEnd().split('\n');
    assert.ok(lines.length <= 30, `${name} has ${lines.length} lines`);
    if (line !== null) assert.match(lines[line - 1] ?? '', /\S/, `${name}, line ${line}`);
    assert.ok(ratio >= 2, name);
    const same = before.program === after.program && before.pollsSaid === after.pollsSaid;
    const other =
      before.press !== after.press || workersOn(before.workers, 4) !== workersOn(after.workers, 4);
    assert.ok(!same || other, `${name}: the cure changes something`);
  }
});

test('a file is read, and what is wrong with it is named', () => {
  const { before, after, shows: what, line } = read();
  assert.deepEqual([workersOn(before.workers, 2), workersOn(after.workers, 2)], [16, 3]);
  assert.equal(workersOn(before.workers, 64), 128, 'no more than there can be');
  assert.deepEqual(after.polls, [
    { site: 'back-edges', value: true },
    { site: 'every', value: 100 },
  ]);
  assert.equal(after.program, before.program, 'without a second program the cure is a setting');
  assert.equal(read(TEXT, 'three\n').after.program, 'three\n');
  assert.deepEqual([what, line, before.press], ['unpolled-loop', 2, 'gc']);
  const wrong = (from: string | RegExp, to: string) => () => read(TEXT.replace(from, to));
  assert.throws(wrong('source: somebody/something issue 1\n', ''), /says nothing of "source"/);
  assert.throws(wrong('shows: unpolled-loop', 'shows: magic'), /shows is "magic"; expected unpolled-loop or/);
  assert.throws(wrong('## After', '## Later'), /has no heading "## After"/);
  assert.throws(wrong('workers: 8 a core', 'workers: eight'), /workers is "eight"/);
});

test('a stop counts in the run that it is about, for the reason that is asked for', () => {
  const { before, after } = read();
  const off = { ...POLICY, back_edges: false };
  assert.equal(isRunOf(before, runOf({ workers: 16, policy: off }), 2), true);
  assert.equal(isRunOf(before, runOf({ workers: 16 }), 2), false, 'it polls elsewhere');
  assert.equal(isRunOf(before, runOf({ workers: 3, policy: off }), 2), false, 'other workers');
  assert.equal(isRunOf(after, runOf({ policy: { ...POLICY, every: 100 } }), 2), true);
  assert.equal(isRunOf(after, runOf({ program: { source: 'own', policy: POLICY } as Program }), 2), false);
  assert.equal(isAskedFor(before, pauseOf({ by: 'page', reason: 'gc' }), null), true);
  for (const other of [{ by: 'timer' }, { by: 'worker 2' }, { reason: 'debug' as const }])
    assert.equal(isAskedFor(before, pauseOf(other), null), false);
  const joined = pauseOf({ by: 'worker 2', reason: 'gc' });
  assert.equal(isAskedFor(before, joined, joined), true, "the page has joined a worker's");
  assert.equal(isAskedFor(before, joined, pauseOf({ id: joined.id + 1 })), false, 'another one is held');
  const halted = { ...joined, halt: { task: 1 } as Halt };
  assert.equal(isAskedFor(before, halted, halted), false, 'a worker has come to a breakpoint');
  assert.equal(isAskedFor({ ...before, press: null }, pauseOf({ by: 'worker 2' }), null), true);
});

test('a stop shows the promised cause at the promised line, and no other', () => {
  const famous = { ...read(), compare: 'ttsp' as const };
  assert.equal(shows(famous, pauseOf(late('unpolled-loop'))), true);
  assert.equal(shows(famous, pauseOf(late('unpolled-loop', 1))), false);
  assert.equal(shows(famous, pauseOf(late('long-instruction'))), false);
  assert.equal(shows(famous, pauseOf()), false);
  assert.equal(tells(famous, pauseOf(late('unpolled-loop'))), true);
  assert.equal(tells(famous, pauseOf(late('no-processor'))), false, 'its time is not that of the program');
  const still = arrivalOf({ safe: true, standing: 'not-yet-resumed' });
  assert.equal(tells(famous, pauseOf({ arrivals: [still] })), false, 'it has not run again');
  assert.equal(tells({ ...famous, compare: 'executed' }, pauseOf(late('no-processor'))), true);
  assert.equal(tells({ shows: 'no-processor', compare: 'lost' }, pauseOf(late('no-processor'))), true);
  const blocked = arrivalOf({ safe: true, standing: 'blocked', site: { ...SITE, kind: 'blocked' } });
  const region = { ...famous, shows: 'safe-region' as const };
  assert.equal(shows(region, pauseOf({ arrivals: [blocked, blocked] })), true);
  assert.equal(shows(region, pauseOf({ arrivals: [blocked, arrivalOf({})] })), false);
  const asked = { ...famous, shows: 'asked' as const };
  const program = { why: 'revoke bias', site: SITE };
  assert.equal(shows(asked, pauseOf({ by: 'worker 0', program })), true);
  assert.equal(shows({ ...asked, line: 7 }, pauseOf({ by: 'worker 0', program })), false, 'another line');
  assert.equal(shows(asked, pauseOf({ by: 'page', program })), false);
  assert.equal(
    shows({ ...asked, line: null }, pauseOf({ by: 'worker 0', program: null })),
    true,
    'memory is short',
  );
  const operation = { ...famous, shows: 'operation' as const };
  assert.equal(shows(operation, pauseOf({ ttsp: 100, operation: 5000 })), true);
  assert.equal(shows(operation, pauseOf({ ttsp: 100, operation: null })), false);
});

test('what is compared is that of the stop, or of the run where it has no stop', () => {
  const none = { schedule: null, share: null, stops: null };
  assert.equal(figureOf('ttsp', pauseOf(), none), 3820);
  assert.equal(figureOf('lost', pauseOf(), none), 3760);
  assert.equal(figureOf('executed', pauseOf(), none), 13);
  assert.equal(figureOf('operation', pauseOf(), none), 1100);
  assert.equal(figureOf('wait', pauseOf(), none), null);
  assert.equal(figureOf('stood', pauseOf(), { ...none, share: 0.5 }), 0.5);
  assert.equal(figureOf('stops', pauseOf(), { ...none, stops: 900 }), 900);
  assert.equal(middleOf('ttsp', [{ figure: 9 }, { figure: 1 }, { figure: 2 }])?.figure, 2);
  assert.equal(middleOf('stood', [{ figure: 9 }, { figure: 1 }, { figure: 2 }])?.figure, 2);
  assert.equal(middleOf('wait', []), undefined);
});

test('sentences say what was seen, and no more', () => {
  const famous = read();
  assert.equal(
    plain(shownText(famous, pauseOf(late('unpolled-loop')), 5)),
    'The stop took 3.82 ms. Worker 1 was in a loop whose back-edge does not poll, line 2. It executed 13 instructions since its last poll.',
  );
  assert.equal(
    plain(shownText({ ...famous, compare: 'ttsp' }, givenUp({ ...late('unpolled-loop'), ttsp: 2e6 }), 5)),
    'The stop had not come after 2.00 s: worker 1 was in a loop whose back-edge does not poll, line 2.',
  );
  assert.match(
    plain(missedText(famous, pauseOf(late('no-processor')), 5)),
    /^This stop took 3\.82 ms, because a worker had no processor/,
  );
  assert.match(missedText(famous, pauseOf(), 5), /Chance decides: stop again\.$/);
  const before = { figure: 4000, stops: 3, atLeast: false };
  assert.equal(
    plain(comparedText('ttsp', before, { figure: 40, stops: 1 }, 5)),
    'Time to safepoint: 4.00 ms before (in the middle of 3 stops; 100 times as much), 40 µs after.',
  );
  assert.equal(
    plain(comparedText('ttsp', { ...before, stops: 2 }, { figure: 4000, stops: 1, leftOut: 2 }, 5)),
    'Time to safepoint: 4.00 ms before (the longer of 2 stops), 4.00 ms after (2 more left out, whose time is not known to be the program’s).',
  );
  const last = { stragglers: [{ worker: 0, site: null, waited: 4000, dead: false }] };
  assert.equal(
    plain(missedText(famous, pauseOf({ ...late('unpolled-loop'), ...last }), 5)),
    'This stop took 3.82 ms. It hit what is looked for, but worker 0 was later, and it is not known why: stop again.',
  );
  assert.equal(
    plain(comparedText('stood', { figure: 0.5, stops: 30, atLeast: false }, { figure: 0.02, stops: 4 }, 5)),
    'How much of the run the world stood still: 50 % before (25 times as much), 2 % after.',
  );
  assert.equal(settingsText(famous, 2), '3 workers instead of 16; polls: back-edges on, every 100');
  assert.equal(settingsText({ ...famous, after: famous.before }, 2), '');
});

test('the lines that a cure changes, and those that stay', () => {
  assert.deepEqual(
    changes('a\nb\nc\n', 'a\nx\ny\nc\n').map(({ kind, text }) => `${kind} ${text}`),
    ['same a', 'gone b', 'new x', 'new y', 'same c'],
  );
  assert.deepEqual(changes('a\n', 'a\n'), [{ kind: 'same', text: 'a' }]);
  for (const { before, after } of FAMOUS) {
    const all = changes(before.program, after.program);
    const of = (kinds: string[]) =>
      all.filter(({ kind }) => kinds.includes(kind)).map(({ text }) => `${text}\n`);
    assert.equal(of(['same', 'gone']).join(''), before.program);
    assert.equal(of(['same', 'new']).join(''), after.program);
  }
});
