/** What the lab adds to the language of its programs, for completion and explanations: as its declarations say. */
import declarations from '../examples/lab.d.ts?raw';

export type Declared = { name: string; head: string; doc: string };

/** A comment, and behind it a function or class. */
const DECLARATION =
  /\/\*\*(?<doc>(?:(?!\*\/).)*)\*\/\s+declare (?:function|class) (?<head>(?<name>\w+).*?)(?:;| \{)\n/gs;

export const LAB: Declared[] = [...declarations.matchAll(DECLARATION)].map(
  ({ groups: { name = '', head = '', doc = '' } = {} }) => ({ name, head: inLine(head), doc: plain(doc) }),
);

/** A head of several lines in one. */
function inLine(head: string) {
  return head.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/,? \)/g, ')');
}

/** A comment as running text. */
function plain(comment: string) {
  return comment
    .replace(/\n?\s*\*\s*/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/@returns/g, 'Returns')
    .trim();
}
