/** Where the reader is in the lessons: which one is open, what it has seen, and which are done. */

import { textOf } from '../state/settings.js';
import { Shelf } from '../state/shelf.js';

/** @typedef {import('./types.js').Lesson} Lesson */
/** @typedef {import('./types.js').LessonEvent} LessonEvent */
/** @typedef {import('./types.js').Seen} Seen */

export class Course {
  /**
   * @param {Lesson[]} lessons
   * @param {import('../state/shelf.js').Storing | null} storage null where there is none
   */
  constructor(lessons, storage) {
    this.lessons = lessons;
    /** @type {Shelf<string>} */
    this.shelf = new Shelf(storage, 'lesson', (id) => textOf(id, 'the lesson'));
    this.shelf.adopt('safepoint-lab.lessons', (id) => id);
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

  /** Ids of the lessons that are done, in whichever tab. */
  get done() {
    return new Set(this.shelf.all);
  }

  /** The first lesson that is not done, or the first one. */
  get next() {
    const { done } = this;
    return this.lessons.find(({ id }) => !done.has(id)) ?? this.lessons[0] ?? null;
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
    if (seen.done && !this.done.has(current.id)) this.shelf.add(current.id, current.id);
    this.changed();
  }

  forget() {
    this.shelf.remove(() => true);
    this.begin();
  }

  begin() {
    this.seen = null;
    this.memory = {};
    this.begun();
    this.changed();
  }
}
