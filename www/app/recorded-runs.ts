/** The ways to a recorded run: a file, a link, and what comes with the page. */
import { readBeside } from './beside.ts';
import { openRecorded } from './replay.ts';
import { fetchRun, shippedRun } from './shipped.ts';
import type { RecordedRun } from '../run/recorded.ts';
import type { Kept } from './page-state.ts';
import type { Opened } from './link.ts';

export function recordedRuns(
  parts: Omit<Parameters<typeof openRecorded>[0], 'show'>,
  program: () => { editor: { text: string }; show: (program: Kept) => void },
) {
  const { store, commands } = parts;
  const open = (run: RecordedRun) => openRecorded({ ...parts, show: program().show }, run);
  return {
    /** Shows what a link carries. */
    shared: async (shared: Opened | null) => {
      if (shared?.recorded) await open({ ...shared.recorded, title: shared.title });
    },
    /** Shows what is in a file, and sets what it ran with. */
    file: async (file: Blob) => {
      const run = (await commands.attempt(() => readBeside({ file })))?.recorded;
      if (!run) return;
      await open(run);
      store.set({ workers: run.workers, policy: store.state.run?.policy ?? null });
    },
    /**
     * Shows a run of the example that is in the editor.
     *
     * @returns whether it is one
     */
    example: async (): Promise<boolean> => {
      const address = shippedRun(program().editor.text);
      if (!address) return false;
      const run = await commands.attempt(() => fetchRun(address));
      if (run) await open(run);
      return true;
    },
    hasExample: () => shippedRun(program().editor.text) !== null,
  };
}
