/** What the page opens with: a link's program, the last session, or the first example that does not end. */
import { readBeside } from './beside.ts';
import { isLesson } from './brought.ts';
import { LinkError, isLink } from './link.ts';
import type { Kept, PageState } from './page-state.ts';
import type { Saved } from './session.ts';
import type { Embedding } from './embedding.ts';
import type { Example } from '../run/types.ts';
import type { Store } from './store.ts';
import type { Commands } from './commands.ts';
import type { Opened } from './link.ts';

/** @returns what the page shows unless a link says otherwise */
export function beginning(examples: Example[], saved: Saved | null, embedding: Embedding | null): Kept {
  if (embedding?.text && !isLesson(embedding.text)) return { title: 'Program', source: embedding.text };
  if (saved && saved.example === null && saved.source.trim() !== '') return saved;
  const wanted = embedding?.program || saved?.example || '';
  const chosen = called(examples, wanted) ?? examples.find(({ endless }) => endless) ?? examples[0];
  return { title: chosen?.name ?? '', source: chosen?.source ?? '' };
}

/** @returns what to say when the page around wants an example that there is not */
export function unknownExample({ examples }: PageState, embedding: Embedding | null): LinkError | null {
  if (!embedding?.program || called(examples, embedding.program)) return null;
  return new LinkError(
    `There is no example called "${embedding.program}".`,
    'Another one is shown; the list of programs has all there are.',
  );
}

function called(examples: Example[], wanted: string) {
  const is = (name: string | null) => name?.toLowerCase() === wanted.toLowerCase();
  return examples.find(({ name }) => is(name)) ?? examples.find(({ formerly }) => is(formerly));
}

/** Whether a program is not to run before the reader presses Run: one of its first comments says `start: wait`. */
export function waitsAtStart(source: string) {
  for (const line of source.split('\n', LONGEST_HEAD)) {
    if (!/^\s*(?:\/\/|;|$)/.test(line)) return false;
    if (/^\s*(?:\/\/|;)\s*start:\s*wait\s*$/i.test(line)) return true;
  }
  return false;
}

/** Lines of comments that are read. */
const LONGEST_HEAD = 50;

/** What is said of a program that waits. */
export const WAITING = { message: 'The program waits at its start, as it says.', advice: 'Press Run.' };

/** What is said of a program that came with a link. */
export const UNSEEN = {
  message: 'This program came with a link, and nothing of it has run yet.',
  advice: 'Look at it, then press Run.',
};

/**
 * Takes over the program and the settings of the address.
 *
 * @returns null when the address is not about a program
 * @throws {LinkError} when it is, wrongly
 */
export async function takeLink(store: Store<PageState>, commands: Commands): Promise<Opened | null> {
  const { hash } = location;
  if (!isLink(hash)) return null;
  const shared = await readBeside({ hash });
  commands.giveBack();
  commands.applySettings(shared.settings);
  return shared;
}
