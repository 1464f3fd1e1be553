/** The lessons as a whole, fetched when somebody learns. */
import { Course } from '../lessons/course.ts';
import { LESSONS } from '../lessons/shipped.ts';
import { readLesson } from '../lessons/read.ts';
import { watchLessons } from '../lessons/watch.ts';
import { BROUGHT } from '../app/brought.ts';
import { lessonsView } from './lessons.ts';
import type { Lesson } from '../lessons/types.ts';
import type { Lab } from '../engine/lab.ts';
import type { Commands } from '../app/commands.ts';
import type { PageState } from '../app/page-state.ts';
import type { Store } from '../app/store.ts';
import type { Editor } from './editor.ts';

export function learn({
  browser,
  ticked,
  ...parts
}: {
  lab: Lab;
  store: Store<PageState>;
  commands: Commands;
  program: { editor: Editor; open: (program: { source: string; title: string }) => Promise<boolean> };
  /** keeps what is done; null where nothing is kept */
  browser: Storage | null;
  /** hears of each step that is done */
  ticked: (lesson: Lesson, step: number) => void;
}) {
  const course = new Course(LESSONS, browser);
  course.ticked = ticked;
  const { restore } = watchLessons({ ...parts, course });
  const { store, commands } = parts;
  store.on(['brought'], ({ brought }) => {
    if (brought) void commands.attempt(() => course.bring(readLesson(brought.text, BROUGHT)));
  });
  lessonsView({ ...parts, course, restore });
}
