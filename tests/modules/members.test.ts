/** The members that the editor completes are those that the compiler has. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OF_VALUES, STATIC } from '../../www/panels/members.ts';

function library(file: string) {
  const text = readFileSync(new URL(`../../crates/language/library/${file}.ts`, import.meta.url), 'utf8');
  return [...text.matchAll(/^function (\w+)/gm)].map(([, name = '']) => name);
}

/** Of arrays and strings: the others are instructions of the machine. */
test.each([
  ['arrays', OF_VALUES.arrays, ['fill', 'length', 'pop', 'push', 'sort'], ['from']],
  ['strings', OF_VALUES.strings, ['charCodeAt', 'length'], []],
  ['number', OF_VALUES.numbers, ['toString'], []],
  ['math', STATIC.Math, ['abs', 'ceil', 'floor', 'imul', 'pow', 'sqrt'], []],
  ['numbers', STATIC.Number, [], []],
])('of %s', (file, completed = [], own, hidden) => {
  const names = completed.filter((name) => !/^[A-Z]/.test(name));
  const known = [...library(file).filter((name) => !hidden.includes(name)), ...own];
  expect([...names].sort()).toEqual(known.sort());
});

test('constants of Math and Number', () => {
  const text = readFileSync(new URL('../../crates/language/src/ts/expressions.rs', import.meta.url), 'utf8');
  for (const object of ['Math', 'Number']) {
    const known = [...text.matchAll(new RegExp(`\\("${object}", "(\\w+)"\\)`, 'g'))].map(([, name]) => name);
    const completed = STATIC[object]?.filter((name) => /^[A-Z]/.test(name)) ?? [];
    expect(completed.toSorted()).toEqual(known.toSorted());
  }
});
