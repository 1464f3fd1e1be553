/**
 * A link that carries a program and the settings in its fragment, which no server sees:
 * `#lab1=` and JSON, packed. Another meaning of the same fields takes another number.
 */
import { pack, unpack } from '../data/packed.js';
import { fields, readSettings, textOf } from './settings.js';

/** @typedef {import('./settings.js').Settings} Settings */
/** @typedef {{ title: string, source: string, settings: Partial<Settings> }} Shared */

const VERSION = 1;
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
 */
export async function makeLink(page, { title, source, settings }) {
  const address = new URL(page);
  address.hash = `lab${VERSION}=${await pack(JSON.stringify({ title, source, settings }))}`;
  return address.href;
}

/**
 * @param {string} hash of an address
 * @returns {Promise<Shared | null>} null when it is not about a program
 * @throws {LinkError} when it is, and cannot be read
 */
export async function readLink(hash) {
  const [, version, equals, packed] = FRAGMENT.exec(hash) ?? [];
  if (version === undefined || packed === undefined) return null;
  if (Number(version) > VERSION) {
    throw new LinkError(
      'The link was made by a newer version of the lab.',
      'Reload the page to get the newest version, and open the link again.',
    );
  }
  try {
    if (Number(version) !== VERSION || !equals) throw new Error('it has no version');
    const shared = fields(JSON.parse(await unpack(packed)), 'the link');
    return {
      title: textOf(shared.title, 'the name'),
      source: textOf(shared.source, 'the program'),
      settings: readSettings(shared.settings),
    };
  } catch {
    throw new LinkError(
      'The link is damaged: no program can be read from it.',
      'It may have been cut off on its way: copy all of it, or ask for it again.',
    );
  }
}
