import assert from 'node:assert/strict';
import { test } from 'vitest';
import { EditorState } from '@codemirror/state';
import { TextVersion } from '../../www/panels/text-version.ts';

/** @param changes one after the other */
function changed(text: string, ...changes: { from: number; to?: number; insert?: string }[]) {
  let state = EditorState.create({ doc: text });
  const version = new TextVersion(state.doc);
  for (const change of changes) {
    const transaction = state.update({ changes: change });
    state = transaction.state;
    version.follow(transaction.changes, state.doc);
  }
  return { version, text: state.doc.toString() };
}

const now = ({ version }: { version: TextVersion }) => [1, 2, 3, 4].map((line) => version.lineNow(line));

const TEXT = 'one\ntwo\nthree\nfour';

test('lines go down and up with what is put in and taken out above them', () => {
  assert.deepEqual(now(changed(TEXT)), [1, 2, 3, 4]);
  assert.deepEqual(now(changed(TEXT, { from: 0, insert: 'new\n' })), [2, 3, 4, 5]);
  assert.deepEqual(now(changed(TEXT, { from: 3, insert: '\nnew' })), [1, 3, 4, 5]);
  assert.deepEqual(now(changed(TEXT, { from: 4, insert: 'new\n' })), [1, 3, 4, 5]);
  assert.deepEqual(now(changed(TEXT, { from: 4, insert: '    ' })), [1, 2, 3, 4]);
  assert.deepEqual(now(changed(TEXT, { from: 0, insert: 'a\n' }, { from: 2, insert: 'b\n' })), [3, 4, 5, 6]);
});

test('a line that was deleted is nowhere, one that was written anew stays', () => {
  const without = changed(TEXT, { from: 4, to: 8 });
  assert.equal(without.text, 'one\nthree\nfour');
  assert.deepEqual(now(without), [1, null, 2, 3]);
  assert.deepEqual(now(changed(TEXT, { from: 4, to: 7, insert: 'other' })), [1, 2, 3, 4]);
  assert.deepEqual(now(changed(TEXT, { from: 4, to: 7 })), [1, 2, 3, 4]);
  assert.deepEqual(now(changed(TEXT, { from: 0, to: 8, insert: 'both\n' })), [1, null, 2, 3]);
  assert.equal(changed(TEXT).version.lineNow(5), null);
  assert.equal(changed(TEXT).version.lineNow(0), null);
});

test('a line of today is the one it was, and a new one the one it stands before', () => {
  const { version } = changed(TEXT, { from: 4, insert: 'new\n' }, { from: 0, insert: '; ' });
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((line) => version.lineThen(line)),
    [1, 2, 2, 3, 4],
  );
  const { version: shorter } = changed(TEXT, { from: 4, to: 8 });
  assert.deepEqual(
    [1, 2, 3].map((line) => shorter.lineThen(line)),
    [1, 3, 4],
  );
});
