/** What can be saved of the run that is shown: all of it, the trace, its pauses, figures, a picture of the charts. */
import { plural } from '../data/format.js';
import { pausesCsv, reportJson } from '../data/report.js';
import { recordedText } from '../data/recorded-text.js';
import { picture } from '../render/picture.js';
import { byId } from './dom.js';
import { download } from './download.js';

/** Charts of the page, by the canvas's id. */
const CHARTS = {
  lanes: 'Timeline',
  distribution: 'Time to safepoint',
  'pause-chart': 'Pauses',
  'heap-chart': 'Heap',
  'compare-chart': 'Runs compared',
};

/**
 * @param {object} parts
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} parts.store
 * @param {import('../state/commands.js').Commands} parts.commands
 * @param {import('../state/shown-run.js').ShownRun} parts.shown
 * @param {{ value: import('../render/theme.js').Theme }} parts.theme
 */
export function exportsView({ store, commands, shown, theme }) {
  const on = (/** @type {string} */ id, /** @type {() => Promise<void> | void} */ save) =>
    byId(id).addEventListener('click', () => void commands.attempt(save));

  on('save-run', async () => {
    await shown.count();
    save(JSON.stringify(shown.recorded()), 'safepoint-lab.run.json');
  });
  on('save-trace', () => save(JSON.stringify(shown.trace()), 'safepoint-lab.trace.json'));
  on('save-csv', () => save(pausesCsv(shown.pauses()), 'safepoint-lab.csv'));
  on('save-json', () => {
    const { run, cores, recording } = store.state;
    const text = reportJson({
      program: run?.program ?? null,
      workers: run?.workers ?? recording.workers,
      policy: run?.policy ?? null,
      cores,
      clockStep: shown.clockStep(),
      browser: shown.browser(),
      stats: shown.stats(),
      pauses: shown.pauses(),
    });
    save(text, 'safepoint-lab.json');
  });
  on('save-picture', async () => {
    const charts = Object.entries(CHARTS).flatMap(([id, name]) => {
      const canvas = document.getElementById(id);
      return canvas instanceof HTMLCanvasElement && canvas.clientWidth > 0 ? [{ name, canvas }] : [];
    });
    const { run, cores, recording, replay } = store.state;
    const caption = [
      `Safepoint Lab: ${run?.program?.name || 'a program'}`,
      plural(run?.workers ?? recording.workers, 'worker'),
      plural(cores, 'core'),
      plural(recording.count, 'pause'),
      ...(replay ? [`recorded: ${recordedText(replay.recorded).facts}`] : []),
    ].join(', ');
    const blob = await picture(charts, caption, theme.value);
    download(new Uint8Array(await blob.arrayBuffer()), 'safepoint-lab.png');
  });

  const buttons = ['save-run', 'save-trace', 'save-csv', 'save-json', 'save-picture'];
  store.watch(['run'], ({ run }) => {
    // Before the first run there is nothing to save.
    for (const id of buttons) /** @type {HTMLButtonElement} */ (byId(id)).disabled = run === null;
  });
}

/**
 * @param {string} text
 * @param {string} name
 */
function save(text, name) {
  download(new TextEncoder().encode(text), name);
}
