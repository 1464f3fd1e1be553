/** The heap before and after each collection, as a chart and as a table. */
import { bytes, count, duration, plural } from '../words/format.ts';
import { Plane } from '../draw/canvas.ts';
import { drawHeap } from '../draw/heap-chart.ts';
import { selectsPoints } from './chart-press.ts';
import { byId, fill, make, set, table } from './dom.ts';
import { READABLE } from './pace.ts';
import { pauseRow, selectsPauses } from './pause-rows.ts';
import type { Pick } from '../draw/pick.ts';
import type { Pause } from '../run/types.ts';
import type { Page } from './page.ts';

const HEIGHT = 230;
const ROWS = 6;

export function panel({ store, commands, frames, theme }: Page) {
  const canvas = byId<HTMLCanvasElement>('heap-chart');
  const box = byId('heap-table');
  let pick: Pick | null = null;
  const plane = new Plane(canvas, () => view.invalidate());
  const view = frames.add(() => {
    const { recording, selected, step } = store.state;
    const { columns, begin } = recording;
    const collections = recording.pauses.filter(collected);
    canvas.setAttribute(
      'aria-label',
      `The heap before and after ${plural(collections.length, 'collection')}; the table has the last ones`,
    );
    const { width } = plane;
    set(canvas, { hidden: collections.length === 0 });
    if (width === 0) return;
    pick = drawHeap(
      plane.prepare(HEIGHT),
      { width, height: HEIGHT },
      { columns, begin: begin || 0, theme: theme.value, selected },
    );
    fill(box, heapTable(collections.slice(-ROWS).reverse(), selected, step));
  }, READABLE);
  view.within(byId('heap'));
  selectsPoints(canvas, plane, () => pick, commands);
  selectsPauses(box, commands);
}

function collected({ outcome }: Pause) {
  return outcome?.kind === 'gc';
}

/** @param collections newest first */
function heapTable(collections: Pause[], selected: number | null, step: number) {
  const body = make('tbody');
  for (const { id, outcome } of collections) {
    if (outcome?.kind !== 'gc') continue;
    const figures = [
      bytes(outcome.before),
      bytes(outcome.after),
      bytes(outcome.limit),
      count(outcome.freed_objects),
      count(outcome.live_objects),
      duration(outcome.mark, step),
      duration(outcome.sweep, step),
    ];
    const cells = figures.map((text) => make('td', { class: 'figure', text }));
    body.append(pauseRow(id, selected, cells));
  }
  if (collections.length === 0)
    body.append(make('tr', {}, make('td', { colspan: 8, class: 'none', text: 'No collection yet.' })));
  const heads = ['Before', 'After', 'Limit', 'Objects freed', 'Live', 'Marking', 'Sweeping'];
  return table('The last collections', ['Pause', ...heads.map((figure) => ({ figure }))], body);
}
