/** The heap before and after each collection, as a chart and as a table. */
import { bytes, count, duration, plural } from '../data/format.js';
import { Plane } from '../render/canvas.js';
import { drawHeap } from '../render/heap-chart.js';
import { selectsPoints } from './chart-press.js';
import { byId, fill, make, table } from './dom.js';
import { READABLE } from './pace.js';
import { pauseRow, selectsPauses } from './pause-rows.js';

const HEIGHT = 200;
const ROWS = 6;

/**
 * @param {object} parts
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} parts.store
 * @param {import('../state/commands.js').Commands} parts.commands
 * @param {import('../render/frame.js').Frames} parts.frames
 * @param {{ value: import('../render/theme.js').Theme }} parts.theme
 * @returns {{ invalidate: () => void }}
 */
export function heapView({ store, commands, frames, theme }) {
  const panel = byId('heap');
  const canvas = /** @type {HTMLCanvasElement} */ (byId('heap-chart'));
  const box = byId('heap-table');
  /** @type {import('../render/pick.js').Pick | null} */
  let pick = null;
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
    if (width === 0) return;
    pick = drawHeap(
      plane.prepare(HEIGHT),
      { width, height: HEIGHT },
      { columns, begin: begin || 0, theme: theme.value, selected },
    );
    fill(box, heapTable(collections.slice(-ROWS).reverse(), selected, step));
  }, READABLE);
  view.within(panel);
  selectsPoints(canvas, plane, () => pick, commands);
  selectsPauses(box, commands);
  store.watch(['recorded', 'recording', 'selected', 'step'], ({ recording }) => {
    // At the first collection, and for good: what comes and goes moves everything below it.
    if (panel.hidden) panel.hidden = !recording.pauses.some(collected);
    view.invalidate();
  });
  return view;
}

/** @param {import('../engine/types.js').Pause} pause */
function collected({ outcome }) {
  return outcome?.kind === 'gc';
}

/**
 * @param {import('../engine/types.js').Pause[]} collections newest first
 * @param {number | null} selected
 * @param {number} step
 */
function heapTable(collections, selected, step) {
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
