/** Reads data from elsewhere, beside the page: they may be large or hostile. */
import { readRecordedRun } from '../engine/recorded-file.js';
import { readLink } from './link.js';

/** @typedef {import('../engine/recorded.js').RecordedRun} RecordedRun */
/** @typedef {{ hash: string } | { file: Blob }} Given the fragment of a link, or a recorded run's file */

/** Events in one message: taking one in takes the page some milliseconds. */
const PART = 2000;

self.addEventListener('message', ({ data }) => void open(data)); // what goes wrong is its answer

/** @param {Given} given */
async function open(given) {
  try {
    if ('file' in given) tell({}, readRecordedRun(await given.file.text()));
    else {
      const { recorded, ...opened } = (await readLink(given.hash)) ?? { recorded: null };
      tell(opened, recorded);
    }
  } catch (thrown) {
    const { message, advice } = /** @type {{ message: string, advice?: string }} */ (thrown);
    self.postMessage({ error: { message, advice } });
  }
}

/**
 * @param {object} opened
 * @param {RecordedRun | null} recorded
 */
function tell(opened, recorded) {
  const events = recorded?.events ?? [];
  for (let at = 0; at < events.length; at += PART) self.postMessage({ events: events.slice(at, at + PART) });
  self.postMessage({ opened: { ...opened, recorded: recorded && { ...recorded, events: [] } } });
}
