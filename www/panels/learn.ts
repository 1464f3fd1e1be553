/** The lessons as a whole, fetched when somebody learns. */
import { Course } from '../lessons/course.ts';
import { LESSONS } from '../lessons/lessons.ts';
import { watchLessons } from '../lessons/watch.ts';
import { lessonsView } from './lessons.ts';
import type { Lab } from '../engine/lab.ts';
import type { Commands } from '../app/commands.ts';
import type { PageState } from '../app/page-state.ts';
import type { Store } from '../app/store.ts';
import type { Editor } from './editor.ts';

export function learn({
  browser,
  ...parts
}: {
  lab: Lab;
  store: Store<PageState>;
  commands: Commands;
  program: { editor: Editor; open: (program: { source: string; title: string }) => Promise<boolean> };
  /** keeps what is done; null where nothing is kept */
  browser: Storage | null;
}) {
  const course = new Course(LESSONS, browser);
  const { restore } = watchLessons({ ...parts, course });
  lessonsView({ ...parts, course, restore });
}
