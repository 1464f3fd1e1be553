import assert from 'node:assert/strict';
import { test } from 'vitest';
import { symbolsOf, visibleFrom, withoutComment, written } from '../../www/panels/symbols.ts';

const TEXT = `; .func no (a)
.module "names"
.global counter, größe
.shape Node value next
.func sum (n)
.local i total ; .local not-this
again: load i
"two words":
    jmp again
.func main
start:
    call sum`;

const names = (line: number, kind: string) =>
  visibleFrom(symbolsOf(TEXT), line)
    .filter((one) => one.kind === kind)
    .map(({ name }) => name);

test('a function sees its own names and those of the program', () => {
  assert.deepEqual(names(8, 'local'), ['i', 'total']);
  assert.deepEqual(names(8, 'parameter'), ['n']);
  assert.deepEqual(names(8, 'label'), ['again', 'two words']);
  assert.deepEqual(names(12, 'label'), ['start']);
  assert.deepEqual(names(12, 'local'), []);
  for (const line of [1, 8, 12]) {
    assert.deepEqual(names(line, 'function'), ['sum', 'main']);
    assert.deepEqual(names(line, 'global'), ['counter', 'größe']);
    assert.deepEqual(names(line, 'shape'), ['Node']);
    assert.deepEqual(names(line, 'field'), ['Node.value', 'Node.next']);
  }
});

test('a name knows its line and what stands beside it', () => {
  const all = visibleFrom(symbolsOf(TEXT), 6);
  const of = (name: string) => all.find((one) => one.name === name);
  assert.deepEqual(of('sum'), { name: 'sum', kind: 'function', line: 5, detail: '(n)' });
  assert.deepEqual(of('Node'), { name: 'Node', kind: 'shape', line: 4, detail: 'value next' });
  assert.deepEqual(of('i'), { name: 'i', kind: 'local', line: 6, detail: 'of sum' });
});

test('names that are no plain words are written in quotes, and comments are none of it', () => {
  assert.equal(written('next-one'), 'next-one');
  assert.equal(written('two words'), '"two words"');
  assert.equal(withoutComment('const "a;b" ; a text'), 'const "a;b" ');
});
