/** Where somebody is in the lessons: which one is open, what it has seen, and which are done. */

/** @typedef {import('./types.js').Lesson} Lesson */
/** @typedef {import('./types.js').LessonEvent} LessonEvent */
/** @typedef {import('./types.js').Seen} Seen */

const KEY = 'safepoint-lab.lessons';

export class Course {
  /**
   * @param {Lesson[]} lessons
   * @param {Pick<Storage, 'getItem' | 'setItem'> | null} storage null where there is none
   */
  constructor(lessons, storage) {
    this.lessons = lessons;
    this.storage = storage;
    /** Ids of the lessons that are done. @type {Set<string>} */
    this.done = new Set(remembered(storage));
    /** The lesson that is open, null while the panel is closed. @type {Lesson | null} */
    this.current = null;
    /** What it has to say. @type {Seen | null} */
    this.seen = null;
    /** @type {import('./types.js').Memory} */
    this.memory = {};
    this.changed = () => {};
    /** Tells a lesson that begins what runs already. */
    this.begun = () => {};
  }

  /** The first lesson that is not done, or the first one. */
  get next() {
    return this.lessons.find(({ id }) => !this.done.has(id)) ?? this.lessons[0] ?? null;
  }

  /** @param {string | null} id null closes it */
  open(id) {
    const lesson = this.lessons.find((one) => one.id === id) ?? null;
    if (lesson === this.current) return;
    this.current = lesson;
    this.begin();
  }

  /**
   * Something has happened.
   *
   * @param {LessonEvent} event
   * @param {number} step of the clock, microseconds
   */
  feed(event, step) {
    const { current } = this;
    const seen = current?.see(event, this.memory, step);
    if (!current || !seen) return;
    // Once seen it stays seen: what comes after does not take it back.
    if (!seen.done && this.seen?.done) return;
    this.seen = seen;
    if (seen.done && !this.done.has(current.id)) {
      this.done.add(current.id);
      this.remember();
    }
    this.changed();
  }

  forget() {
    this.done.clear();
    this.remember();
    this.begin();
  }

  begin() {
    this.seen = null;
    this.memory = {};
    this.begun();
    this.changed();
  }

  remember() {
    try {
      this.storage?.setItem(KEY, JSON.stringify([...this.done]));
    } catch {
      // Storage may be full or switched off; progress then lasts until the page is left.
    }
  }
}

/** What the browser keeps between visits; null where that is switched off. */
export function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/**
 * @param {Pick<Storage, 'getItem'> | null} storage
 * @returns {string[]}
 */
function remembered(storage) {
  try {
    const ids = JSON.parse(storage?.getItem(KEY) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
