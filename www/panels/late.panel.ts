/** Which workers were last to arrive, counted by worker and by place in the program. */
import { duration, plural } from '../words/format.ts';
import { byId, fill, make, setWords, table, words } from './dom.ts';
import { READABLE } from './pace.ts';
import type { LateRow } from '../run/late.ts';
import type { Bias } from '../run/types.ts';
import type { Page } from './page.ts';

const ROWS = 6;
export function panel({ store, frames, shown, showRan }: Page) {
  const box = byId('late-tables');
  const view = frames.add(() => {
    const { recording, step, replay } = store.state;
    const { late } = recording;
    const { bias } = shown.stats();
    // A verdict may be of a whole run of which only a part was recorded.
    const part = replay && bias && bias.pauses !== late.total ? `, in the pauses of this recording` : '';
    const { workers = [], places = [] } = bias ?? {};
    const named = new Set([...workers.map(({ who }) => capital(who)), ...places.map(({ who }) => who)]);
    setWords(byId('late-verdict'), verdictText(bias));
    fill(
      box,
      rows(`Last to arrive, by worker${part}`, 'Worker', late.byWorker(), late, named, step),
      rows(`Last to arrive, by place${part}`, 'Place', late.byPlace(), late, named, step),
    );
  }, READABLE);
  view.within(byId('late'));
  box.addEventListener('click', ({ target }) => {
    const button = (target as HTMLElement).closest('[data-line]');
    if (button instanceof HTMLElement) showRan(Number(button.dataset.line));
  });
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export function verdictText(bias: Bias | null) {
  if (!bias) return 'This recording does not say whether that is more than chance.';
  const { pauses, enough, workers, places } = bias;
  if (pauses < enough)
    return `A verdict needs ${enough} pauses that waited for at least two workers; so far: ${pauses}.`;
  const said = [];
  const [worker] = workers;
  const [place] = places;
  const chance = (expected: number) =>
    `by chance it would be about ${expected < 10 ? Number(expected.toPrecision(2)) : Math.round(expected)}`;
  if (worker)
    said.push(
      `${capital(worker.who)} was last in ${worker.last} of ${pauses} pauses; ${chance(worker.expected)}.`,
    );
  if (place)
    said.push(
      `The last was held up at ${place.who} in ${place.last} of ${pauses} pauses; ${chance(place.expected)}.`,
    );
  return said.join(' ') || `${plural(pauses, 'pause')}: no worker is last more often than chance explains.`;
}

/** @param named those with a verdict */
function rows(
  caption: string,
  head: string,
  list: LateRow[],
  { total, awaited }: { total: number; awaited: number },
  named: Set<string>,
  step: number,
) {
  const body = make('tbody');
  list.slice(0, ROWS).forEach((row) => {
    const bar = make('div', { class: 'bar-cell' }, make('i'));
    (bar.firstElementChild as HTMLElement).style.width = `${(row.count / total) * 100}%`;
    const { line } = row;
    const name = words(row.key);
    body.append(
      make(
        'tr',
        { class: named.has(row.key) ? 'straggler' : null },
        make(
          'th',
          { scope: 'row' },
          ...(line === null
            ? name
            : [make('button', { type: 'button', class: 'link', 'data-line': line }, ...name)]),
        ),
        make('td', { class: 'picture' }, bar),
        make('td', { class: 'figure', text: `${row.count} of ${total}` }),
        make('td', { class: 'figure', text: duration(row.worst, step) }),
      ),
    );
  });
  if (list.length > ROWS)
    body.append(
      make('tr', {}, make('td', { colspan: 4, class: 'none', text: `and ${list.length - ROWS} more` })),
    );
  if (list.length === 0)
    body.append(
      make(
        'tr',
        {},
        make('td', {
          colspan: 4,
          class: 'none',
          text: awaited > 0 ? 'No pause has waited for two workers yet.' : 'No worker was late yet.',
        }),
      ),
    );
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
