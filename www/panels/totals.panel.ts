/** What the pauses of a run took together, and how much of a stretch of time the program had at least. */
import { REASONS } from '../run/columns.ts';
import { REASON_NAMES, duration, percent, plural } from '../words/format.ts';
import { byId, fill, make, setText, table } from './dom.ts';
import { READABLE } from './pace.ts';
import type { Totals } from '../run/types.ts';
import type { Page } from './page.ts';

export function panel({ store, frames, shown: { totals } }: Page) {
  const box = byId('totals');
  const view = frames.add(() => {
    const { step, recording } = store.state;
    const all = totals();
    setText(byId('totals-text'), totalsText(all, recording.held !== null, step));
    fill(box, ...(all && all.stopped > 0 ? [reasons(all, step), windows(all)] : []));
  }, READABLE);
  view.within(byId('statistics'));
}

export function totalsText(all: Totals | null, held: boolean, step: number) {
  if (!all) return 'Not all pauses of this run are known.';
  if (all.stopped === 0)
    return held ? 'The figures come when the pause is over.' : 'Nothing has stopped the world yet.';
  const half =
    all.window > 0
      ? ` For ${duration(all.window, step)} at a stretch the program had less than half of its time.`
      : '';
  return `In ${duration(all.run, step)} the world stood still for ${duration(all.stopped, step)}, ${percent(all.share)} of the time, held time included.${half}`;
}

function reasons({ byReason }: Totals, step: number) {
  const body = make('tbody');
  for (const reason of REASONS) {
    const { pauses, stopped, share: part } = byReason[reason];
    if (pauses === 0) continue;
    body.append(
      make(
        'tr',
        {},
        make('th', { scope: 'row', text: `${REASON_NAMES[reason]}, ${plural(pauses, 'pause')}` }),
        make('td', { class: 'figure', text: duration(stopped, step) }),
        make('td', { class: 'figure', text: percent(part) }),
      ),
    );
  }
  return table(
    'Time in which the world stood still, by reason',
    ['Reason', { figure: 'Stopped' }, { figure: 'Share' }],
    body,
  );
}

function windows({ utilisation }: Totals) {
  const body = make('tbody');
  for (const { window, least } of utilisation)
    body.append(
      make(
        'tr',
        {},
        make('th', { scope: 'row', text: window < 1000 ? `${window}\u202fms` : `${window / 1000}\u202fs` }),
        make('td', { class: 'figure', text: percent(least) }),
      ),
    );
  return table(
    'Least share that the program had of any window',
    ['Window', { figure: 'The program had at least' }],
    body,
  );
}
