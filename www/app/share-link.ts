/** The link that Share makes: the program and the settings, and the pause that is looked at as long as it fits. */
import { runOf } from '../run/recorded-file.ts';
import { fileOf } from '../run/recorded-file-writer.ts';
import { excerptOf } from '../run/recorded-run.ts';
import { BROUGHT } from './brought.ts';
import { makeLink } from './link.ts';
import { settingsOf } from './settings.ts';
import type { PageState } from './page-state.ts';
import type { ShownRun } from './shown-run.ts';

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
 * @returns `pause`: the one that is in it;
 * `lacks`: why one that is looked at is not
 */
export async function shareLink({
  page,
  state,
  source,
  run,
  pause = lookedAt(state),
}: {
  /** address of the page */
  page: string;
  state: PageState;
  /** the text in the editor */
  source: string;
  run: ShownRun;
  /** that goes along; null for none */
  pause?: number | null;
}): Promise<{ address: string; pause: number | null; lesson: boolean; lacks: string }> {
  // A lesson that was brought goes along while it is open, with the text as it is: it may be the answer to its task.
  const lesson = (state.job === 'learn' && state.lessonOpen === BROUGHT && state.brought?.text) || null;
  const shared = { title: state.title, source, settings: settingsOf(state), lesson };
  const also = { lesson: lesson !== null };
  const plain = async (lacks = '') => ({
    address: await makeLink(page, shared),
    pause: null,
    ...also,
    lacks,
  });
  const isAnswer = lesson !== null && state.lessonProgram !== null && state.lessonProgram !== source;
  const answer = isAnswer
    ? 'The text is your version of the lesson’s program, not the one that it begins with.'
    : '';
  if (pause === null) return plain(answer);
  if (state.run?.program?.source !== source)
    return plain(`Pause ${pause} is not in it: the text is no longer the one that ran.`);
  await run.count();
  // All events of the run are gone through once; what is left out then is left out of little.
  const file = run.recorded({ pause });
  const excerpt = runOf(file);
  for (const keep of LESS) {
    const less = keep === LESS[0] ? file : fileOf(excerptOf(excerpt, pause, keep) ?? excerpt);
    const address = await makeLink(page, shared, less);
    if (address.length <= LONGEST) return { address, pause, ...also, lacks: '' };
  }
  return plain(`Pause ${pause} is too large for a link: save the recorded run as a file, under Pauses.`);
}

/** Who follows what happens now has selected nothing. */
function lookedAt({ selected, view, recording }: PageState) {
  return view !== 'live' && selected !== null && recording.pause(selected) ? selected : null;
}
