import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import table from '../../docs/checks.json';
import cases from '../tasks.json';
import { TaskError, missed, readCheck } from '../../www/lessons/check.ts';
import { readLesson } from '../../www/lessons/read.ts';
import { filled } from '../../www/lessons/said.ts';
import type { Facts } from '../../www/lessons/check.ts';

test('checks are read, or refused in the same words as at the prompt', () => {
  for (const { text, error } of cases.checks) {
    if (error === undefined) readCheck(text);
    else assert.throws(() => readCheck(text), { message: error });
  }
});

test('checks hold of the same facts as at the prompt', () => {
  for (const { check, facts, holds } of cases.judged) {
    const known = Object.entries(facts).map(([name, value]) => [
      name,
      value === 'unbounded' ? Infinity : value,
    ]);
    assert.equal(missed(readCheck(check), Object.fromEntries(known) as Facts) === undefined, holds, check);
  }
});

test('files are read, or refused in the same words as at the prompt', () => {
  for (const { text, error, steps, ...expected } of cases.files) {
    if (error !== undefined) assert.throws(() => readLesson(text, 'a'), { message: error });
    else {
      const lesson = readLesson(text, 'a');
      expect(lesson).toMatchObject(expected);
      assert.deepEqual(
        lesson.steps.map((step) => ({ text: step.text, check: step.check.name })),
        steps,
      );
    }
  }
});

test('a lesson that is too long or too deep is refused in words', () => {
  const head = '---\ntitle: A\n---\n';
  assert.throws(() => readLesson(head + 'a'.repeat(50_000), 'a'), { message: /more than 50000 characters/ });
  assert.throws(() => readLesson(head + '>'.repeat(49_000), 'a'), TaskError);
});

test('every check and every fact is in the document', () => {
  const text = readFileSync(new URL('../../docs/tasks.md', import.meta.url), 'utf8');
  for (const name of Object.keys(table.checks)) assert.ok(text.includes(`| \`${name}\``), name);
  for (const name of Object.keys(table.facts)) assert.ok(text.includes(`| \`${name}\` |`), name);
});

test('facts stand in a text with their units, and what is not known is said to be', () => {
  const say = (text: string, facts: Facts) => filled(text, facts, [{ rate: 2e6 }], 5);
  assert.equal(say('{ttsp} of {1.rate}, {line}', { ttsp: 1500 }), '1.50\u202fms of 2.00\u202fM, not known');
  assert.equal(
    say('{instructions} {counted} {2.rate} {strange}', { instructions: Infinity, counted: false }),
    'unbounded no not known {strange}',
  );
});
