/** Tells the open lesson what happens: from the engine's events and the page's state, nothing of its own. */
import { ranUntil } from '../data/run-summary.js';
import { isLive } from '../state/page-state.js';
import { moduleName, programOf } from './programs.js';

/** @typedef {import('../state/page-state.js').PageState} PageState */
/** @typedef {import('./types.js').LessonEvent} LessonEvent */

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
    tell({ kind: 'pause', pause, ran: ranUntil(store.state.recording, pause) });
    if (pause.reason === 'snapshot' && lab.held?.id === pause.id) void keep();
  });
  lab.on('finished', (finished) => tell({ kind: 'finished', finished }));
  watchWaiting(lab, store, tell);

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
    async restore(workers) {
      restoring = true;
      await commands.restore(course.memory.bytes, workers);
      restoring = false;
    },
  };
}

/**
 * Requests that were given up: by hand, at their deadline, or with the program.
 *
 * @param {import('../engine/lab.js').Lab} lab
 * @param {import('../state/store.js').Store<PageState>} store
 * @param {(event: LessonEvent) => void} tell
 */
function watchWaiting(lab, store, tell) {
  /** @type {{ since: number, absent: number } | null} */
  let waiting = null;
  lab.on('pause', () => {
    waiting = null;
  });
  store.watch(['status', 'awaited'], ({ status, awaited, run }) => {
    if (status === 'stopping') {
      waiting ??= { since: performance.now(), absent: 0 };
      // The page learns of arrivals frame by frame; 0 is said before the first and after the last.
      if (awaited > 0) waiting.absent = awaited;
      return;
    }
    if (!waiting) return;
    const { since, absent } = waiting;
    waiting = null;
    if (status === 'stopped' || !run?.program) return;
    const waited = (performance.now() - since) * 1000;
    tell({ kind: 'in-vain', waited, absent, workers: run.workers, program: run.program });
  });
}
