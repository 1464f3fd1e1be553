/** Where the reader is in the lessons: which one is open, what it has seen, and which are done. */

import { text } from '../run/checks.ts';
import { Shelf } from '../app/shelf.ts';
import type { Lesson, LessonEvent, Memory } from './types.ts';
import type { Storing } from '../app/shelf.ts';

export class Course {
  lessons;
  shelf: Shelf<string>;
  /** The lesson that is open, null while the panel is closed. */
  current: Lesson | null = null;
  /** How many of its steps are done. */
  steps = 0;
  /** What it has to say. */
  said = '';
  memory: Memory = {};
  changed = () => {};
  /** Tells a lesson that begins what runs already. */
  begun = () => {};

  /** @param storage null where there is none */
  constructor(lessons: Lesson[], storage: Storing | null) {
    this.lessons = lessons;
    this.shelf = new Shelf(storage, 'lesson', text());
    this.shelf.adopt('safepoint-lab.lessons', (id) => id);
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

  /** @param id null closes it */
  open(id: string | null) {
    const lesson = this.lessons.find((one) => one.id === id) ?? null;
    if (lesson === this.current) return;
    this.current = lesson;
    this.begin();
  }

  /**
   * Something has happened.
   *
   * @param step of the clock, microseconds
   */
  feed(event: LessonEvent, step: number) {
    const { current } = this;
    const seen = current?.see(event, this.memory, step);
    // Once seen it stays seen: what comes after does not take it back.
    if (!current || !seen || this.isOver) return;
    this.steps = Math.min(Math.max(this.steps, seen.steps), current.steps.length);
    if (seen.text) this.said = seen.text;
    if (this.isOver && !this.done.has(current.id)) this.shelf.add(current.id, current.id);
    this.changed();
  }

  /** Whether all steps of the open lesson were seen. */
  get isOver() {
    return this.current !== null && this.steps === this.current.steps.length;
  }

  forget() {
    this.shelf.remove(() => true);
    this.begin();
  }

  begin() {
    this.steps = 0;
    this.said = '';
    this.memory = {};
    this.begun();
    this.changed();
  }
}
