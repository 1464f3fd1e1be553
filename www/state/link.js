/**
 * A link that carries a program and the settings in its fragment, which no server sees: `#lab1=` and JSON,
 * packed; with what happened around a pause, `#lab2=`. Another meaning of the same fields takes another number.
 */
import { pack, unpack } from '../data/packed.js';
import { runOf } from '../engine/recorded-file.js';
import { plainLines } from '../engine/source.js';
import { fields, readSettings, textOf } from './settings.js';

/** @typedef {import('./settings.js').Settings} Settings */
/** @typedef {import('../engine/recorded.js').RecordedFile} RecordedFile */
/** @typedef {import('../engine/recorded.js').RecordedRun} RecordedRun */
/** @typedef {{ title: string, source: string, settings: Partial<Settings> }} Shared */
/** @typedef {Shared & { recorded: RecordedRun | null }} Opened */

/** Without a pause, which older pages can read; and with one. */
const VERSIONS = { plain: 1, pause: 2 };
const FRAGMENT = /^#lab(\d*)(=?)(.*)$/s;

/** What is wrong with a link, as the page reports it. */
export class LinkError extends Error {
  /**
   * @param {string} message
   * @param {string} advice
   */
  constructor(message, advice) {
    super(message);
    this.advice = advice;
  }
}

/**
 * @param {string} page address of the page
 * @param {Shared} shared
 * @param {RecordedFile | null} [recorded] what happened around a pause of that program
 */
export async function makeLink(page, { title, source, settings }, recorded = null) {
  const address = new URL(page);
  const version = recorded ? VERSIONS.pause : VERSIONS.plain;
  // The program is in it once.
  const part = recorded && { recorded: { ...recorded, program: { ...recorded.program, source: '' } } };
  address.hash = `lab${version}=${await pack(JSON.stringify({ title, source, settings, ...part }))}`;
  return address.href;
}

/** Whether it is about a program. @param {string} hash of an address */
export function isLink(hash) {
  return FRAGMENT.test(hash);
}

/**
 * @param {string} hash of an address
 * @returns {Promise<Opened | null>} null when it is not about a program
 * @throws {LinkError} when it is, and cannot be read
 */
export async function readLink(hash) {
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
    const shared = fields(JSON.parse(await unpack(packed)), 'the link');
    const source = plainLines(textOf(shared.source, 'the program'));
    return {
      title: textOf(shared.title, 'the name'),
      source,
      settings: readSettings(shared.settings),
      recorded: version === VERSIONS.pause ? recordedOf(shared.recorded, source) : null,
    };
  } catch {
    throw new LinkError(
      'The link is damaged: no program can be read from it.',
      'It may have been cut off on its way: copy all of it, or ask for it again.',
    );
  }
}

/**
 * @param {unknown} given
 * @param {string} source
 */
function recordedOf(given, source) {
  const recorded = fields(given, 'the recorded pause');
  return runOf({ ...recorded, program: { ...fields(recorded.program, 'its program'), source } });
}
