/** What can be saved of the run that is shown: all of it, the trace, its pauses, figures, a picture of the charts. */
import { plural } from '../words/format.ts';
import { pausesCsv, reportJson } from '../run/report.ts';
import { recordedText } from '../words/recorded-text.ts';
import { picture } from '../draw/picture.ts';
import { byId } from './dom.ts';
import { download } from './download.ts';
import type { Page } from './page.ts';

export function panel({ store, commands, shown, theme }: Page) {
  const on = (id: string, save: () => Promise<void> | void) =>
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
    // One that has nothing to show is hidden.
    const canvases = [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]:not([hidden])')];
    const charts = canvases.map((canvas) => ({ name: canvas.dataset.chart ?? '', canvas }));
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
  store.watch(({ run }) => {
    // Before the first run there is nothing to save.
    for (const id of buttons) byId<HTMLButtonElement>(id).disabled = run === null;
  });
}

function save(text: string, name: string) {
  download(new TextEncoder().encode(text), name);
}
