/** The link that Share makes: the program and the settings, and the pause that is looked at as long as it fits. */
import { runOf } from '../engine/recorded-file.js';
import { fileOf } from '../engine/recorded-file-writer.js';
import { excerptOf } from '../engine/recorded-run.js';
import { makeLink } from './link.js';
import { settingsOf } from './settings.js';

/** @typedef {import('./page-state.js').PageState} PageState */

/** Characters that a link with a pause may have: common programs pass that on. */
export const LONGEST = 16_000;

/** What of a pause is left out until it fits, the least important first. */
const LESS = [
  {},
  { listing: false },
  { listing: false, around: false },
  { listing: false, around: false, tasks: false },
];

/**
 * @param {object} parts
 * @param {string} parts.page address of the page
 * @param {PageState} parts.state
 * @param {string} parts.source the text in the editor
 * @param {import('./shown-run.js').ShownRun} parts.run
 * @returns {Promise<{ address: string, pause: number | null, lacks: string }>} `pause`: the one that is in it;
 *   `lacks`: why one that is looked at is not
 */
export async function shareLink({ page, state, source, run }) {
  const shared = { title: state.title, source, settings: settingsOf(state) };
  const pause = lookedAt(state);
  const plain = async (lacks = '') => ({ address: await makeLink(page, shared), pause: null, lacks });
  if (pause === null) return plain();
  if (state.run?.program?.source !== source)
    return plain(`Pause ${pause} is not in it: the text is no longer the one that ran.`);
  await run.count();
  // All events of the run are gone through once; what is left out then is left out of little.
  const file = run.recorded({ pause });
  const excerpt = runOf(file);
  for (const keep of LESS) {
    const less = keep === LESS[0] ? file : fileOf(excerptOf(excerpt, pause, keep) ?? excerpt);
    const address = await makeLink(page, shared, less);
    if (address.length <= LONGEST) return { address, pause, lacks: '' };
  }
  return plain(`Pause ${pause} is too large for a link: save the recorded run as a file, under Pauses.`);
}

/** Who follows what happens now has selected nothing. @param {PageState} state */
function lookedAt({ selected, view, recording }) {
  return view !== 'live' && selected !== null && recording.pause(selected) ? selected : null;
}
