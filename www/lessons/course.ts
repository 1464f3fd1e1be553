/** Where the reader is in the lessons: which one is open, what it has seen, and which are done. */

import { text } from '../run/checks.ts';
import { Shelf } from '../app/shelf.ts';
import { missed } from './check.ts';
import { happeningsOf } from './facts.ts';
import { comparedText, filled, missedText, plainText, score } from './said.ts';
import type { Facts, Happening } from './check.ts';
import type { Lesson, LessonEvent, Step } from './types.ts';
import type { Storing } from '../app/storage.ts';

const TOO_SOON =
  'The request was given up after {after}: within a second a stop may still come. Stop again, and wait longer.';

export class Course {
  /** Those of the page, and behind them one that was brought. */
  lessons: Lesson[];
  shelf: Shelf<string>;
  /** The lesson that is open, null while the panel is closed. */
  current: Lesson | null = null;
  /** What it has to say. */
  said = '';
  /** The facts with which each of its steps was done. */
  seen: Facts[] = [];
  /** Of the step that is next: how often it has happened, and how often something that does not count. */
  hits = 0;
  misses = 0;
  /** The snapshot that was taken last in it. */
  snapshot: Uint8Array | null = null;
  changed = () => {};
  /** Tells a lesson that begins what runs already. */
  begun = () => {};
  /** A step is done. */
  ticked = (_lesson: Lesson, _steps: number) => {};

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

  /** How many steps of the open lesson are done. */
  get steps() {
    return this.seen.length;
  }

  /** Whether all steps of the open lesson were seen. */
  get isOver() {
    return this.current !== null && this.steps === this.current.steps.length;
  }

  /** @param id null closes it */
  open(id: string | null) {
    const lesson = this.lessons.find((one) => one.id === id) ?? null;
    if (lesson === this.current) return;
    this.current = lesson;
    this.begin();
  }

  /** Takes in a lesson from elsewhere, in the place of one that came before it, and opens it. */
  bring(lesson: Lesson) {
    this.lessons = [...this.lessons.filter(({ id }) => id !== lesson.id), lesson];
    this.shelf.remove((id) => id === lesson.id);
    this.open(lesson.id);
  }

  /**
   * Something has happened.
   *
   * @param step of the clock, microseconds
   */
  feed(event: LessonEvent, step: number) {
    const { current } = this;
    if (!current || this.isOver) return;
    if (event.kind === 'snapshot') this.snapshot = event.bytes;
    const left = happeningsOf(event);
    // One event can be what several steps wait for, each in a way of its own: a program runs, and its path is short.
    for (let next = current.steps[this.steps]; next; next = current.steps[this.steps]) {
      const { check } = next;
      const i = left.findIndex((one) => one.check === check.name);
      const [happening] = i < 0 ? [] : left.splice(i, 1);
      if (!happening && check.name === 'waits') this.#tooSoon(next, event, step);
      if (!happening || !this.#judge(next, happening, step)) break;
    }
    this.changed();
  }

  /** @returns whether the step is done by it */
  #judge({ check, then, missed: otherwise }: Step, { facts }: Happening, step: number) {
    const say = (own: string, usual: string) => {
      const told = filled(own || usual, facts, this.seen, step);
      if (told) this.said = score(check, this.hits, this.misses) + told;
    };
    if (missed(check, facts)) {
      this.misses += 1;
      say(otherwise, missedText(check, facts, step));
      return false;
    }
    this.hits += 1;
    const against = check.against;
    const compared = against === null ? '' : comparedText(facts, this.seen[against - 1], against);
    say(then.replace('{compared}', compared), plainText(check, facts, step));
    if (this.hits < check.times) return false;
    this.seen.push(facts);
    Object.assign(this, { hits: 0, misses: 0 });
    const { current } = this;
    if (!current) return false;
    if (this.isOver && !this.done.has(current.id)) this.shelf.add(current.id, current.id);
    this.ticked(current, this.steps);
    return true;
  }

  /** A step waits for a stop that does not come; a request that is given up earlier is no such stop. */
  #tooSoon({ missed: own }: Step, event: LessonEvent, step: number) {
    const [givenUp] = event.kind === 'in-vain' ? happeningsOf(event) : [];
    if (!givenUp) return;
    this.misses += 1;
    this.said = filled(own || TOO_SOON, givenUp.facts, this.seen, step);
  }

  forget() {
    this.shelf.remove(() => true);
    this.begin();
  }

  begin() {
    Object.assign(this, { said: '', seen: [], hits: 0, misses: 0, snapshot: null });
    this.begun();
    this.changed();
  }
}
