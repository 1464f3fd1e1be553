/**
 * The program and the settings, kept by the browser: a reload brings them back, and so does a new tab. Each tab
 * has its own; a new one begins with what was last changed in any. What else was written: `kept-programs.js`.
 */
import { SETTINGS, fields, readSettings, settingsOf, textOf } from './settings.js';

/** @typedef {import('./page-state.js').PageState} PageState */
/** @typedef {import('./settings.js').Settings} Settings */

/**
 * `example` is the name of one that was not changed; else `source` is the user's.
 *
 * @typedef {{ example: string | null, title: string, source: string, settings: Partial<Settings> }} Saved
 */

const SESSION = 'safepoint-lab.session.1';
/** How long after a change it is saved, milliseconds. */
const QUIET = 200;

/**
 * @param {Storage | null} tab
 * @param {Storage | null} browser
 * @returns {Saved | null} null when there is none that could be read
 */
export function recallSession(tab, browser) {
  return read(tab, SESSION, savedOf) ?? read(browser, SESSION, savedOf);
}

/**
 * Saves whatever changes, soon, and at the latest when the page is left.
 *
 * @param {object} parts
 * @param {import('./store.js').Store<PageState>} parts.store
 * @param {() => string} parts.source the text in the editor
 * @param {Storage | null} parts.tab
 * @param {Storage | null} parts.browser
 * @param {import('./kept-programs.js').KeptPrograms} parts.kept
 * @param {() => void} parts.failed the browser does not keep it
 */
export function saveSession({ store, source, tab, browser, kept, failed }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let soon;
  let saved = '';
  let hasFailed = false;
  const save = () => {
    clearTimeout(soon);
    const { example, examples, title } = store.state;
    const name = examples[example]?.name ?? null;
    const text = source();
    const now = JSON.stringify({
      example: name,
      title,
      source: name === null ? text : '',
      settings: settingsOf(store.state),
    });
    if (now === saved) return;
    saved = now;
    const isKept =
      write(tab, SESSION, now) &&
      write(browser, SESSION, now) &&
      kept.type(name === null ? { title, source: text } : null);
    kept.show();
    if (!isKept && !hasFailed) failed();
    hasFailed = !isKept;
  };
  const later = () => {
    clearTimeout(soon);
    soon = setTimeout(save, QUIET);
  };
  store.watch([...SETTINGS, 'example', 'title', 'errors', 'program'], later);
  addEventListener('pagehide', save);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') save();
  });
}

/** @param {unknown} given @returns {Saved} */
function savedOf(given) {
  const { example, title, source, settings } = fields(given, 'the session');
  return {
    example: example === null ? null : textOf(example, 'the example'),
    title: textOf(title, 'the name'),
    source: textOf(source, 'the program'),
    settings: trusted(settings),
  };
}

/** A program is not lost for a setting that cannot be. @param {unknown} given */
function trusted(given) {
  try {
    return readSettings(given);
  } catch {
    return {};
  }
}

/**
 * @template T
 * @param {Storage | null} storage
 * @param {string} key
 * @param {(value: unknown) => T} check
 * @returns {T | null}
 */
function read(storage, key, check) {
  try {
    const text = storage?.getItem(key);
    return text ? check(JSON.parse(text)) : null;
  } catch {
    return null;
  }
}

/** @param {Storage | null} storage @param {string} key @param {string} text */
function write(storage, key, text) {
  try {
    storage?.setItem(key, text);
    return storage !== null;
  } catch {
    return false;
  }
}

/** @param {'localStorage' | 'sessionStorage'} which @returns {Storage | null} null where it is switched off */
export function storageOf(which) {
  try {
    return window[which];
  } catch {
    return null;
  }
}
