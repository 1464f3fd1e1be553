/** Tells the open lesson what happens: from the engine's events and the page's state, nothing of its own. */
import { ranUntil } from '../data/run-summary.js';
import { isCompleted } from '../engine/pause-parts.js';
import { isLive } from '../state/page-state.js';
import { moduleName, programOf } from './programs.js';

/** @typedef {import('../state/page-state.js').PageState} PageState */
/** @typedef {import('./types.js').LessonEvent} LessonEvent */
/** @typedef {import('../engine/types.js').Pause} Pause */

/**
 * @param {object} parts
 * @param {import('../engine/lab.js').Lab} parts.lab
 * @param {import('../state/store.js').Store<PageState>} parts.store
 * @param {import('../state/commands.js').Commands} parts.commands
 * @param {import('./course.js').Course} parts.course
 */
export function watchLessons({ lab, store, commands, course }) {
  /** Whether what runs next is the lesson's snapshot. */
  let restoring = false;

  /** @param {LessonEvent} event */
  const tell = (event) => {
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
  lab.on('state', (state) => {
    if (state === 'running') runs();
  });
  lab.on('pause', (pause) => {
    if (!isCompleted(pause)) {
      inVain(pause);
      return;
    }
    tell({ kind: 'pause', pause, ran: ranUntil(store.state.recording, pause) });
    if (pause.reason === 'snapshot' && lab.held?.id === pause.id) void keep();
  });
  lab.on('finished', (finished) => tell({ kind: 'finished', finished }));

  /** A request that was given up: by hand, at its deadline, or with the program. @param {Pause} request */
  function inVain({ ttsp, causes }) {
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
    if (current?.action?.does !== 'restore') return;
    await commands.attempt(async () => {
      const bytes = await lab.snapshotBytes();
      const description = await lab.describeSnapshot(bytes);
      if (course.current === current) tell({ kind: 'snapshot', bytes, description });
    });
  }

  return {
    /** @param {number} workers */
    restore: async (workers) => {
      restoring = true;
      await commands.restore(course.memory.bytes, workers);
      restoring = false;
    },
  };
}
