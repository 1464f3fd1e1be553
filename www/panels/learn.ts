/** The lessons as a whole, fetched when somebody learns. */
import { Course } from '../lessons/course.ts';
import { LESSONS } from '../lessons/shipped.ts';
import { readLesson } from '../lessons/read.ts';
import { watchLessons } from '../lessons/watch.ts';
import { BROUGHT } from '../app/brought.ts';
import { lessonsView } from './lessons.ts';
import type { Lesson } from '../lessons/types.ts';
import type { Page } from './page.ts';

/** @param ticked hears of each step that is done */
export function learn(page: Page, ticked: (lesson: Lesson, step: number) => void) {
  const { store, commands, browser } = page;
  const course = new Course(LESSONS, browser);
  course.ticked = ticked;
  const { restore } = watchLessons({ ...page, course });
  store.on(['brought'], ({ brought }) => {
    if (brought) void commands.attempt(() => course.bring(readLesson(brought.text, BROUGHT)));
  });
  lessonsView({ ...page, course, restore });
}
