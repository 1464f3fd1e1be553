/** Rows of a table that are about one pause each: a press anywhere in one shows that. */
import { make } from './dom.js';

/**
 * @param {number} id of the pause
 * @param {number | null} selected
 * @param {HTMLElement[]} cells beside its number
 */
export function pauseRow(id, selected, cells) {
  const number = make('button', {
    type: 'button',
    class: 'link',
    'aria-label': `Show pause ${id}`,
    'aria-current': id === selected ? 'true' : null,
    text: id,
  });
  const row = { 'data-row': id, class: id === selected ? 'selected' : null };
  return make('tr', row, make('th', { scope: 'row' }, number), ...cells);
}

/**
 * @param {HTMLElement} box of the table
 * @param {import('../state/commands.js').Commands} commands
 */
export function selectsPauses(box, commands) {
  box.addEventListener('click', (event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest('tr[data-row]');
    if (row instanceof HTMLElement) commands.select(Number(row.dataset.row));
  });
}
