import assert from 'node:assert/strict';
import { test } from 'vitest';
import { rowOf, statementAt } from '../../www/run/passages.ts';
import type { ListingRow, Passage } from '../../www/run/types.ts';

const row = (index: number, statement: Passage | null, begins = true): ListingRow => ({
  ...{ function: 'f', index, offset: index, bytes: '', text: 'nop', line: 3 },
  ...{ words: null, statement, begins, poll: null, site: null },
});

/** A loop's head and a statement in it that goes on in the next line. */
const LISTING = [
  row(0, [3, 6, 3, 15]),
  row(1, [3, 28, 4, 8]),
  row(2, [3, 28, 4, 8], false),
  row(3, [3, 24, 3, 27]),
  row(4, [3, 17, 3, 22]),
  row(5, null, false),
  row(6, [3, 17, 3, 22]),
];

test('a place of the text is of the statement around it', () => {
  const at = (line: number, column: number | null) => statementAt(LISTING, { line, column });
  assert.deepEqual(at(3, 6), [3, 6, 3, 15]);
  assert.deepEqual(at(3, 14), [3, 6, 3, 15]);
  assert.equal(at(3, 15), null);
  assert.equal(at(3, null), null);
  assert.deepEqual(at(3, 40), [3, 28, 4, 8]);
  assert.deepEqual(at(4, 1), [3, 28, 4, 8]);
  assert.equal(at(4, 8), null);
  // Of one inside of another.
  const inner = row(7, [3, 30, 3, 33]);
  assert.deepEqual(statementAt([...LISTING, inner], { line: 3, column: 31 }), inner.statement);
});

test('a row is found by its instruction', () => {
  assert.equal(rowOf(LISTING, { function: 'f', instruction: 3 }), LISTING[3]);
  assert.equal(rowOf(LISTING, { function: 'g', instruction: 3 }), undefined);
});
