/** Tells the open lesson what happens: from the engine's events and the page's state, nothing of its own. */
import { ranUntil } from '../run/run-summary.ts';
import { isCompleted, isOfPage } from '../run/pause-parts.ts';
import { isLive } from '../app/page-state.ts';
import { moduleName, programOf } from './programs.ts';
import { NOTICED } from './types.ts';
import type { PageState } from '../app/page-state.ts';
import type { Run } from '../run/run-summary.ts';
import type { LessonEvent } from './types.ts';
import type { Pause } from '../run/types.ts';
import type { Lab } from '../engine/lab.ts';
import type { Store } from '../app/store.ts';
import type { Commands } from '../app/commands.ts';
import type { Course } from './course.ts';

export function watchLessons({
  lab,
  store,
  commands,
  course,
}: {
  lab: Lab;
  store: Store<PageState>;
  commands: Commands;
  course: Course;
}) {
  /** Whether what runs next is the lesson's snapshot, and whether what runs is. */
  let restoring = false;
  let restored = false;

  /** What ran when the lesson was opened. */
  let before: Run | null = null;

  /** @param event of what runs, or ran last */
  const tell = (event: (run: Run) => LessonEvent) => {
    const { run, examples, step } = store.state;
    const { current } = course;
    if (!run?.program || !current) return;
    // Other programs may do the same for other reasons. A task is about what its reader makes of its own program.
    const { program, code } = current;
    if (program !== null && run.program.name !== moduleName(programOf(examples, program))) return;
    if (code !== null && run === before) return;
    course.feed(event(run), step);
  };

  const runs = () => tell((run) => ({ kind: 'run', run, restored }));
  course.begun = () => {
    before = store.state.run;
    if (isLive(store.state.status)) runs();
  };
  lab.on('run', () => {
    restored = restoring;
    restoring = false;
    runs();
  });
  lab.on('pause', (pause) => {
    if (!isCompleted(pause)) {
      inVain(pause);
      return;
    }
    const asked = isOfPage(pause, lab.held);
    tell((run) => ({ kind: 'pause', pause, asked, run, ran: ranUntil(store.state.recording, pause) }));
    if (pause.reason === 'snapshot' && lab.held?.id === pause.id) void keep();
  });
  let noticed: ReturnType<typeof setTimeout> | undefined;
  store.on(['status'], ({ status }) => {
    // It is about this stop, and not about the next one.
    clearTimeout(noticed);
    if (status !== 'stopping') return;
    noticed = setTimeout(() => {
      const awaiting = lab.awaiting();
      if (awaiting) tell((run) => ({ kind: 'awaited', awaiting, run }));
    }, NOTICED);
  });
  lab.on('resume', () => tell((run) => ({ kind: 'resumed', run })));
  lab.on('finished', (finished) => tell((run) => ({ kind: 'finished', finished, run, restored })));

  /** A request that was given up: by hand, at its deadline, or with the program. */
  function inVain({ ttsp, causes }: Pause) {
    if (causes.length > 0) tell((run) => ({ kind: 'in-vain', waited: ttsp, absent: causes.length, run }));
  }

  /** Keeps the snapshot of the held world for the lesson that wants one. */
  async function keep() {
    const { current } = course;
    if (!current?.steps.some(({ check }) => check.name === 'snapshot')) return;
    await commands.attempt(async () => {
      const bytes = await lab.snapshotBytes();
      const description = await lab.describeSnapshot(bytes);
      if (course.current === current) tell((run) => ({ kind: 'snapshot', bytes, description, run }));
    });
  }

  return {
    restore: async (workers: number) => {
      if (!course.snapshot) return;
      restoring = true;
      await commands.restore(course.snapshot, workers);
      restoring = false;
    },
  };
}
