/** Tells the open lesson what happens: from the engine's events and the page's state, nothing of its own. */
import { ranUntil } from '../run/run-summary.ts';
import { isCompleted } from '../run/pause-parts.ts';
import { isLive } from '../app/page-state.ts';
import { moduleName, programOf } from './programs.ts';
import { NOTICED } from './types.ts';
import type { PageState } from '../app/page-state.ts';
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
  /** Whether what runs next is the lesson's snapshot. */
  let restoring = false;

  const tell = (event: LessonEvent) => {
    const name = course.current?.program;
    // Other programs may do the same for other reasons.
    if (name && store.state.run?.program?.name !== moduleName(programOf(store.state.examples, name))) return;
    course.feed(event, store.state.step);
  };

  const runs = () => {
    const { run } = store.state;
    if (!run?.program) return;
    const { workers, program } = run;
    const { counted = true } = run;
    tell({ kind: 'run', workers, program, policy: run.policy ?? program.policy, counted });
    if (restoring) tell({ kind: 'restored', workers });
    restoring = false;
  };
  course.begun = () => {
    if (isLive(store.state.status)) runs();
  };
  lab.on('run', runs);
  lab.on('pause', (pause) => {
    if (!isCompleted(pause)) {
      inVain(pause);
      return;
    }
    tell({ kind: 'pause', pause, ran: ranUntil(store.state.recording, pause) });
    if (pause.reason === 'snapshot' && lab.held?.id === pause.id) void keep();
  });
  let noticed: ReturnType<typeof setTimeout> | undefined;
  store.on(['status'], ({ status }) => {
    // It is about this stop, and not about the next one.
    clearTimeout(noticed);
    if (status !== 'stopping') return;
    noticed = setTimeout(() => {
      const awaiting = lab.awaiting();
      if (awaiting) tell({ kind: 'awaited', awaiting });
    }, NOTICED);
  });
  lab.on('resume', () => tell({ kind: 'resumed' }));
  lab.on('finished', (finished) => tell({ kind: 'finished', finished }));

  /** A request that was given up: by hand, at its deadline, or with the program. */
  function inVain({ ttsp, causes }: Pause) {
    const { run } = store.state;
    if (!run?.program || causes.length === 0) return;
    tell({
      kind: 'in-vain',
      waited: ttsp,
      absent: causes.length,
      workers: run.workers,
      program: run.program,
    });
  }

  /** Keeps the snapshot of the held world for the lesson that wants one. */
  async function keep() {
    const { current } = course;
    if (!current?.steps.some(({ button }) => button?.does === 'restore')) return;
    await commands.attempt(async () => {
      const bytes = await lab.snapshotBytes();
      const description = await lab.describeSnapshot(bytes);
      if (course.current === current) tell({ kind: 'snapshot', bytes, description });
    });
  }

  return {
    restore: async (workers: number) => {
      restoring = true;
      await commands.restore(course.memory.bytes, workers);
      restoring = false;
    },
  };
}
