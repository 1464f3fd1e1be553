/**
 * The program and the settings, kept by the browser: a reload brings them back, and so does a new tab. Each tab
 * has its own; a new one begins with what was last changed in any. What else was written: `kept-programs.ts`.
 */
import { orNull, record, text } from '../run/checks.ts';
import { LONGEST_LESSON } from './brought.ts';
import { SETTINGS, givenBack, readSettings, settingsOf } from './settings.ts';
import { keepText, recall } from './storage.ts';
import type { Check } from '../run/checks.ts';
import type { Brought } from './brought.ts';
import type { PageState } from './page-state.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';
import type { KeptPrograms } from './kept-programs.ts';

/** `example` is the name of one that was not changed; else `source` is the user's. */
export type Saved = { example: string | null; title: string; source: string; settings: Partial<Settings> };

const SESSION = 'safepoint-lab.session.1';
const LESSON = 'safepoint-lab.lesson';
/** How long after a change it is saved, milliseconds. */
const QUIET = 200;

/** @returns null when there is none that could be read */
export function recallSession(tab: Storage | null, browser: Storage | null): Saved | null {
  return recall(tab, SESSION, savedOf) ?? recall(browser, SESSION, savedOf);
}

/** The lesson that was brought to this tab: after a reload it is there again, and the program is the session's. */
export function recallLesson(tab: Storage | null): Brought | null {
  const lesson = recall(tab, LESSON, record({ text: text(LONGEST_LESSON) }));
  return lesson && { ...lesson, from: 'link' };
}

/** Saves whatever changes, soon, and at the latest when the page is left. */
export function saveSession({
  store,
  source,
  tab,
  browser,
  kept,
  failed,
}: {
  store: Store<PageState>;
  /** the text in the editor */
  source: () => string;
  tab: Storage | null;
  browser: Storage | null;
  kept: KeptPrograms;
  /** the browser does not keep it */
  failed: () => void;
}) {
  let soon: ReturnType<typeof setTimeout> | undefined;
  let saved = '';
  let hasFailed = false;
  const save = () => {
    clearTimeout(soon);
    const { example, examples, title } = store.state;
    const name = examples[example]?.name ?? null;
    const text = source();
    const own = { ...store.state, ...givenBack(store.state) };
    const now = JSON.stringify({
      example: name,
      title,
      source: name === null ? text : '',
      settings: settingsOf(own),
    });
    if (now === saved) return;
    saved = now;
    const isKept =
      keepText(tab, SESSION, now) &&
      keepText(browser, SESSION, now) &&
      kept.type(name === null ? { title, source: text } : null);
    kept.show();
    if (!isKept && !hasFailed) failed();
    hasFailed = !isKept;
  };
  const later = () => {
    clearTimeout(soon);
    soon = setTimeout(save, QUIET);
  };
  store.on([...SETTINGS, 'lent', 'example', 'title', 'errors', 'program'], later);
  store.on(['brought'], ({ brought }) => {
    if (brought) keepText(tab, LESSON, JSON.stringify({ text: brought.text }));
  });
  addEventListener('pagehide', save);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') save();
  });
}

const savedOf: Check<Saved> = record({
  example: orNull(text()),
  title: text(),
  source: text(Infinity),
  settings: trusted,
});

/** A program is not lost for a setting that cannot be. */
function trusted(given: unknown) {
  try {
    return readSettings(given);
  } catch {
    return {};
  }
}
