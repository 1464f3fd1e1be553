/** Pauses over time as a chart, and the last ones as a table. */
import { REASONS } from '../run/columns.ts';
import { REASON_NAMES, duration, plural, reasonText } from '../words/format.ts';
import { missingOf } from '../run/late.ts';
import { isAsked, isCompleted } from '../run/pause-parts.ts';
import { Plane } from '../draw/canvas.ts';
import { drawPauses } from '../draw/charts.ts';
import { selectsPoints } from './chart-press.ts';
import { byId, fill, make, table, words } from './dom.ts';
import { READABLE } from './pace.ts';
import { pauseRow, selectsPauses } from './pause-rows.ts';
import type { PageState } from '../app/page-state.ts';
import type { Pick } from '../draw/pick.ts';
import type { Recording } from '../run/recording.ts';
import type { Pause, Straggler } from '../run/types.ts';
import type { Page } from './page.ts';

const HEIGHT = 280;
/** Rows of the table. */
const ROWS = 10;
/** Fewer pauses have no slowest hundredth worth a colour; then it is the slowest one. */
const FEW = 20;

export function panel({ store, commands, frames, theme }: Page) {
  const canvas = byId<HTMLCanvasElement>('pause-chart');
  let pick: Pick | null = null;
  const plane = new Plane(canvas, () => chart.invalidate());
  const chart = frames.add(() => {
    const { recording, step, selected } = store.state;
    const { width } = plane;
    canvas.setAttribute(
      'aria-label',
      `${plural(recording.count, 'pause')} over time by time to safepoint; the table of the last pauses has the figures`,
    );
    if (width === 0) return;
    const ctx = plane.prepare(HEIGHT);
    const late = slowest(recording);
    pick = drawPauses(
      ctx,
      { width, height: HEIGHT },
      { columns: recording.columns, begin: recording.begin || 0, theme: theme.value, step, selected, late },
    );
  }, 250);
  chart.within(canvas);
  selectsPoints(canvas, plane, () => pick, commands);
  byId('pause-legend').append(
    ...REASONS.map((reason) =>
      make(
        'li',
        {},
        make('i', { class: `point ${reason}` }),
        // A stop that a program asks for stops the world as one for the debugger does.
        reason === 'debug' ? 'Debug, or the program' : REASON_NAMES[reason],
      ),
    ),
    make('li', {}, make('i', { class: 'point late' }), 'the slowest hundredth'),
  );

  const box = byId('pause-table');
  const list = frames.add(() => {
    fill(box, pauseTable(store.state));
  }, READABLE);
  list.within(box);
  selectsPauses(box, commands);
}

function slowest({ columns, late }: Recording) {
  if (late.awaited === 0) return Infinity;
  const kept = columns.ttsp.slice(0, Math.min(columns.written, columns.capacity)).sort();
  const index = kept.length < FEW ? kept.length - 1 : Math.ceil(kept.length * 0.99) - 1;
  return kept.length < 2 ? Infinity : kept[index];
}

function pauseTable({ recording, selected, step }: PageState) {
  const body = make('tbody');
  for (const pause of recording.pauses.slice(-ROWS).reverse()) {
    const [last] = isCompleted(pause) ? pause.stragglers : missingOf(pause);
    const figure = (us: number | null) => make('td', { class: 'figure', text: duration(us, step) });
    body.append(
      pauseRow(pause.id, selected, [
        make('td', { text: reasonText(pause), title: pause.program?.site.text ?? null }),
        make('td', { text: pause.hidden ? `${pause.by}, page hidden` : pause.by }),
        figure(pause.queue),
        isCompleted(pause) ? figure(pause.ttsp) : make('td', { class: 'figure', text: inVain(pause, step) }),
        figure(pause.noticing),
        figure(pause.operation),
        figure(pause.held),
        figure(pause.release),
        figure(pause.total),
        make(
          'td',
          { class: 'site' },
          ...words(isCompleted(pause) ? who(last, 'no worker') : missing(pause, last)),
        ),
      ]),
    );
  }
  if (recording.pauses.length === 0) {
    body.append(make('tr', {}, make('td', { colspan: 11, class: 'none', text: 'No pause yet.' })));
  }
  const heads = [
    'Pause',
    'Reason',
    'Asked by',
    { figure: 'Queue' },
    { figure: 'Time to safepoint' },
    { figure: 'Noticing' },
    { figure: 'Operation' },
    { figure: 'Held' },
    { figure: 'Release' },
    { figure: 'Total' },
    'Last to arrive',
  ];
  const caption =
    recording.count > ROWS ? `The last ${ROWS} of ${recording.count} pauses` : 'The last pauses';
  return table(caption, heads, body);
}

/** A request that was given up waited at least so long. */
function inVain(pause: Pause, step: number) {
  const how = pause.ended === 'cancelled' ? 'taken back' : 'timed out';
  return isAsked(pause) ? `${how} after ${duration(pause.ttsp, step)}` : `${how} in the queue`;
}

/** @param pause one that was given up */
function missing(pause: Pause, last: Straggler | undefined) {
  return isAsked(pause) ? `waited for ${who(last, 'a worker')}` : 'no worker was asked';
}

function who(straggler: Straggler | undefined, none: string) {
  if (!straggler) return none;
  return `worker ${straggler.worker}${straggler.site ? `, ${straggler.site.text}` : ''}`;
}
