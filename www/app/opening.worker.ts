/** Reads data from elsewhere, beside the page: they may be large or hostile. */
import { readRecordedRun } from '../run/recorded-file.ts';
import { readLink } from './link.ts';
import type { RecordedRun } from '../run/recorded.ts';

/** the fragment of a link, or a recorded run's file */
export type Given = { hash: string } | { file: Blob };

/** Events in one message: taking one in takes the page some milliseconds. */
const PART = 2000;

self.addEventListener('message', ({ data }) => void open(data)); // what goes wrong is its answer

async function open(given: Given) {
  try {
    if ('file' in given) tell({}, readRecordedRun(await given.file.text()));
    else {
      const { recorded, ...opened } = (await readLink(given.hash)) ?? { recorded: null };
      tell(opened, recorded);
    }
  } catch (thrown) {
    const { message, advice } = thrown as { message: string; advice?: string };
    self.postMessage({ error: { message, advice } });
  }
}

function tell(opened: object, recorded: RecordedRun | null) {
  const events = recorded?.events ?? [];
  for (let at = 0; at < events.length; at += PART) self.postMessage({ events: events.slice(at, at + PART) });
  self.postMessage({ opened: { ...opened, recorded: recorded && { ...recorded, events: [] } } });
}
