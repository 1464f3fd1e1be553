/** The ways to a recorded run: a file, a link, and what comes with the page. */
import { readBeside } from './beside.js';
import { openRecorded } from './replay.js';
import { fetchRun, shippedRun } from './shipped.js';

/** @typedef {import('../engine/recorded.js').RecordedRun} RecordedRun */

/**
 * @param {Omit<Parameters<typeof openRecorded>[0], 'show'>} parts
 * @param {() => { editor: { text: string }, show: (program: import('./page-state.js').Kept) => void }} program
 */
export function recordedRuns(parts, program) {
  const { store, commands } = parts;
  /** @param {RecordedRun} run */
  const open = (run) => openRecorded({ ...parts, show: program().show }, run);
  return {
    /** Shows what a link carries. @param {import('./link.js').Opened | null} shared */
    shared: async (shared) => {
      if (shared?.recorded) await open({ ...shared.recorded, title: shared.title });
    },
    /** Shows what is in a file, and sets what it ran with. @param {Blob} file */
    file: async (file) => {
      const run = (await commands.attempt(() => readBeside({ file })))?.recorded;
      if (!run) return;
      await open(run);
      store.set({ workers: run.workers, policy: store.state.run?.policy ?? null });
    },
    /** Shows a run of the example that is in the editor. @returns {Promise<boolean>} whether it is one */
    example: async () => {
      const address = shippedRun(program().editor.text);
      if (!address) return false;
      const run = await commands.attempt(() => fetchRun(address));
      if (run) await open(run);
      return true;
    },
    hasExample: () => shippedRun(program().editor.text) !== null,
  };
}
