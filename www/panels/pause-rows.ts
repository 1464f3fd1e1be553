/** Rows of a table that are about one pause each: a press anywhere in one shows that. */
import { make } from './dom.ts';
import type { Commands } from '../app/commands.ts';

/**
 * @param id of the pause
 * @param cells beside its number
 */
export function pauseRow(id: number, selected: number | null, cells: HTMLElement[]) {
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

/** @param box of the table */
export function selectsPauses(box: HTMLElement, commands: Commands) {
  box.addEventListener('click', (event) => {
    const row = (event.target as HTMLElement).closest('tr[data-row]');
    if (row instanceof HTMLElement) commands.select(Number(row.dataset.row));
  });
}
