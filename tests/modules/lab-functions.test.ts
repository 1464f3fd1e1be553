import assert from 'node:assert/strict';
import { test } from 'vitest';
import { LAB } from '../../www/panels/lab-functions.ts';
import { isAssembler } from '../../www/run/language-of.ts';

test('the lab’s functions are explained by the comment that stands before each, and by no other', () => {
  const names = LAB.map(({ name }) => name);
  const polls = ['poll', 'collect', 'stopTheWorld', 'handshake'];
  assert.deepEqual(names, [
    'print',
    'spawn',
    'sleep',
    'yieldNow',
    'block',
    'stall',
    ...polls,
    'copy',
    'Mutex',
  ]);
  const of = (wanted: string) => LAB.find(({ name }) => name === wanted);
  assert.match(of('print')?.doc ?? '', /^Prints values, with a space between them/);
  assert.equal(of('sleep')?.head, 'sleep(milliseconds: number): Promise<void>');
  assert.equal(of('sleep')?.doc, 'The task sleeps; its worker takes another one.');
  assert.match(
    of('spawn')?.head ?? '',
    /^spawn<.*>\(task: .*\.\.\.given: Parameters\): Promise<Awaited<Result>>$/,
  );
  assert.match(of('spawn')?.doc ?? '', /Returns what `await` waits for$/);
});

test('a text is assembler if its first line that is neither empty nor a comment begins with a dot', () => {
  const is = (text: string) => isAssembler(text.split('\n'));
  for (const text of [
    '',
    '\n\n',
    '; only a comment',
    '.func main',
    '\ufeff; bom\n\n  .func main',
    ';x\n.poll all on',
  ])
    assert.equal(is(text), true, text);
  for (const text of ['let x = 1;', '// .func', '\n\nprint(1)', 'a\n.func', '\ufefflet'])
    assert.equal(is(text), false, text);
});
