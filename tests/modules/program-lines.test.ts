import assert from 'node:assert/strict';
import { beforeEach, test } from 'vitest';
import { EditorState } from '@codemirror/state';
import { ProgramLines } from '../../www/panels/program-lines.ts';

let state: EditorState;
let lines: ProgramLines;

beforeEach(() => {
  state = EditorState.create({ doc: 'one\ntwo\nthree' });
  lines = new ProgramLines(state.doc);
});

/** @param text in front of everything */
function typed(text: string) {
  const transaction = state.update({ changes: { from: 0, insert: text } });
  state = transaction.state;
  lines.follow(transaction.changes, state.doc);
}

/** @returns the text as it is now, handed over */
function handedOver(): string {
  lines.handOver();
  return state.doc.toString();
}

test('lines are those of the text that the program was made of, not of what has been typed since', () => {
  assert.equal(lines.toText('loaded', 2), null);
  const source = handedOver();
  typed('a\n');
  assert.equal(lines.take('loaded', source), true);
  assert.equal(lines.toText('loaded', 2), 3);
  assert.equal(lines.toProgram(3), 2);
  // What cannot be read changes nothing.
  handedOver();
  typed('b\n');
  lines.settle();
  assert.equal(lines.take('loaded', source), true);
  assert.equal(lines.toText('loaded', 2), 4);
  assert.equal(lines.nearest('loaded', 2), 4);
});

test('of several texts that were handed over, the program’s is found', () => {
  const first = handedOver();
  typed('a\n');
  const second = handedOver();
  typed('b\n');
  handedOver();
  assert.equal(lines.take('loaded', first), true);
  assert.equal(lines.toText('loaded', 1), 3);
  assert.equal(lines.take('loaded', second), true);
  assert.equal(lines.toText('loaded', 1), 2);
  assert.equal(lines.take('loaded', 'what a script has loaded'), false);
  assert.equal(lines.toText('loaded', 1), null);
});

test('a passage is followed by its characters, and a place in the text is one in the program', () => {
  state = EditorState.create({ doc: "x = '😀'; y++;\nz();" });
  lines = new ProgramLines(state.doc);
  lines.take('loaded', handedOver());
  const shown = () => {
    const found = lines.toPassage('loaded', [1, 10, 1, 14]);
    return found && state.sliceDoc(found.from, found.to);
  };
  assert.equal(shown(), 'y++;');
  typed('a;\n');
  assert.equal(shown(), 'y++;');
  assert.deepEqual(lines.placeOf(state.doc.toString().indexOf('y')), { line: 1, column: 10 });
  assert.deepEqual(lines.placeOf(state.doc.length), { line: 2, column: 5 });
  const transaction = state.update({ changes: { from: 0, to: state.doc.length } });
  state = transaction.state;
  lines.follow(transaction.changes, state.doc);
  assert.equal(shown(), null);
});

test('what runs keeps its lines while the text and the program change', () => {
  const source = handedOver();
  lines.take('loaded', source);
  assert.equal(lines.take('ran', source), true);
  typed('a\n');
  lines.take('loaded', handedOver());
  assert.equal(lines.take('ran', source), true);
  assert.equal(lines.toText('ran', 2), 3);
  assert.equal(lines.toText('loaded', 2), 2);
  typed('b\n');
  assert.equal(lines.toText('ran', 2), 4);
  assert.equal(lines.toText('loaded', 2), 3);
  lines.forget();
  assert.equal(lines.take('ran', source), false);
  assert.equal(lines.toText('ran', 2), null);
});

test('a line is followed until its text has been read, and is gone with the text', () => {
  typed('a\n');
  const followed = lines.toProgramThen(3);
  const source = handedOver();
  typed('b\n');
  lines.take('loaded', source);
  assert.equal(followed(), 3);
  const lost = lines.toProgramThen(3);
  lines.forget();
  assert.equal(lost(), null);
});
