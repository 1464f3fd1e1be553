/**
 * A link that carries a program and the settings in its fragment, which no server sees: `#lab1=` and JSON,
 * packed; with what happened around a pause, `#lab2=`. Another meaning of the same fields takes another number.
 */
import { pack, unpack } from '../run/packed.ts';
import { runOf } from '../run/recorded-file.ts';
import { plainLines } from '../run/lines.ts';
import { anything, optional, record, text } from '../run/checks.ts';
import { LONGEST_LESSON } from './brought.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import type { RecordedFile, RecordedRun } from '../run/recorded.ts';

/** `lesson`: the text of one that goes along. */
type Shared = { title: string; source: string; settings: Partial<Settings>; lesson: string | null };
export type Opened = Shared & { recorded: RecordedRun | null };

/** Without a pause, which older pages can read; and with one. */
const VERSIONS = { plain: 1, pause: 2 };
/** Older pages leave out the lesson. The program is as long as it is: what unpacks it has a limit. */
const LINKED = record({
  title: text(),
  source: text(Infinity),
  settings: readSettings,
  lesson: optional(text(LONGEST_LESSON)),
  recorded: anything,
});
const FRAGMENT = /^#lab(\d*)(=?)(.*)$/s;

/** What is wrong with a link, as the page reports it. */
export class LinkError extends Error {
  advice;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

/**
 * @param page address of the page
 * @param recorded what happened around a pause of that program
 */
export async function makeLink(
  page: string,
  { title, source, settings, lesson }: Shared,
  recorded: RecordedFile | null = null,
) {
  const address = new URL(page);
  const version = recorded ? VERSIONS.pause : VERSIONS.plain;
  // The program is in it once.
  const part = recorded && { recorded: { ...recorded, program: { ...recorded.program, source: '' } } };
  address.hash = `lab${version}=${await pack(JSON.stringify({ title, source, settings, ...(lesson === null ? {} : { lesson }), ...part }))}`;
  return address.href;
}

/**
 * Whether it is about a program.
 *
 * @param hash of an address
 */
export function isLink(hash: string) {
  return FRAGMENT.test(hash);
}

/**
 * @param hash of an address
 * @returns null when it is not about a program
 * @throws {LinkError} when it is, and cannot be read
 */
export async function readLink(hash: string): Promise<Opened | null> {
  const [, number, equals, packed] = FRAGMENT.exec(hash) ?? [];
  if (number === undefined || packed === undefined) return null;
  const version = Number(number);
  if (version > VERSIONS.pause) {
    throw new LinkError(
      'The link was made by a newer version of the lab.',
      'Reload the page to get the newest version, and open the link again.',
    );
  }
  try {
    if (!(version >= VERSIONS.plain) || !equals) throw new Error('it has no version');
    const shared = LINKED(JSON.parse(await unpack(packed)), '');
    const source = plainLines(shared.source);
    const recorded = version === VERSIONS.pause ? recordedOf(shared.recorded, source) : null;
    return { title: shared.title, source, settings: shared.settings, lesson: shared.lesson, recorded };
  } catch {
    throw new LinkError(
      'The link is damaged: no program can be read from it.',
      'It may have been cut off on its way: copy all of it, or ask for it again.',
    );
  }
}

function recordedOf(given: unknown, source: string) {
  record({ program: record({}) })(given, 'recorded');
  const recorded = given as RecordedFile;
  return runOf({ ...recorded, program: { ...recorded.program, source } });
}
