/** Passages of a program's text, and the instructions that belong to them. */
import type { Frame, ListingRow, Passage } from './types.ts';

/** A place in the text of a program, from 1; `column` in characters, null for the line as a whole. */
export interface TextPlace {
  line: number;
  column: number | null;
}

/** The row of an instruction. */
export function rowOf(
  listing: ListingRow[],
  place: Pick<Frame, 'function' | 'instruction'>,
): ListingRow | undefined {
  return listing.find((row) => row.function === place.function && row.index === place.instruction);
}

/**
 * The statement at a place: of several, the one that begins last.
 *
 * @returns null for none, or where statements are not known
 */
export function statementAt(listing: ListingRow[], { line, column }: TextPlace): Passage | null {
  if (column === null) return null;
  let found: Passage | null = null;
  for (const { statement } of listing) {
    if (!statement || !isIn(statement, line, column)) continue;
    if (!found || isBefore(found[0], found[1], statement[0], statement[1])) found = statement;
  }
  return found;
}

export function isSamePassage(one: Passage | null | undefined, other: Passage | null | undefined) {
  return one === other || (!!one && !!other && one.every((number, i) => number === other[i]));
}

function isIn([fromLine, from, toLine, to]: Passage, line: number, column: number) {
  return !isBefore(line, column, fromLine, from) && isBefore(line, column, toLine, to);
}

function isBefore(line: number, column: number, otherLine: number, otherColumn: number) {
  return line < otherLine || (line === otherLine && column < otherColumn);
}
