/** Who was last to arrive, counted by worker and by place in the program. */
import { duration } from '../data/format.js';
import { byId, make, table } from './dom.js';

/** @typedef {import('../data/late.js').LateRow} LateRow */

const ROWS = 6;
/** Fewer pauses carry no verdict: whoever is last in one of them may be so by chance. */
const ENOUGH = 5;

/**
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} store
 * @param {import('../render/frame.js').Frames} frames
 * @param {(line: number) => void} showLine
 */
export function lateView(store, frames, showLine) {
  const box = byId('late-tables');
  const view = frames.add(() => {
    const { recording, step } = store.state;
    const { late } = recording;
    box.replaceChildren(
      rows('Last to arrive, by worker', 'Worker', late.byWorker(), late.total, step, showLine),
      rows('Last to arrive, by place', 'Place', late.byPlace(), late.total, step, showLine),
    );
  }, 500);
  store.watch(['recorded', 'recording', 'step'], view.invalidate);
}

/**
 * @param {string} caption
 * @param {string} head
 * @param {LateRow[]} late
 * @param {number} total
 * @param {number} step
 * @param {(line: number) => void} showLine
 */
function rows(caption, head, late, total, step, showLine) {
  const body = make('tbody');
  late.slice(0, ROWS).forEach((row, i) => {
    const bar = make('div', { class: 'bar-cell' }, make('i'));
    /** @type {HTMLElement} */ (bar.firstElementChild).style.width = `${(row.count / total) * 100}%`;
    const { line } = row;
    const name =
      line === null
        ? row.key
        : make('button', { type: 'button', class: 'link', onclick: () => showLine(line), text: row.key });
    body.append(
      make(
        'tr',
        { class: i === 0 && total >= ENOUGH && row.count * 2 > total ? 'straggler' : null },
        make('th', { scope: 'row' }, name),
        make('td', { class: 'picture' }, bar),
        make('td', { class: 'figure', text: `${row.count} of ${total}` }),
        make('td', { class: 'figure', text: duration(row.worst, step) }),
      ),
    );
  });
  if (late.length > ROWS)
    body.append(
      make('tr', {}, make('td', { colspan: 4, class: 'none', text: `and ${late.length - ROWS} more` })),
    );
  if (late.length === 0)
    body.append(make('tr', {}, make('td', { colspan: 4, class: 'none', text: 'Nobody was late yet.' })));
  return table(
    caption,
    [
      head,
      make('span', { class: 'sr-only', text: 'Share as a bar' }),
      { figure: 'Last' },
      { figure: 'Worst' },
    ],
    body,
  );
}
