/** How long workers take to stop: figures, distribution and percentiles, all from `lab.stats()` but the shape. */
import { REASONS } from '../run/columns.ts';
import { carries } from '../run/percentiles.ts';
import { REASON_NAMES, duration, plural } from '../words/format.ts';
import { PART_NAMES } from '../run/pause-parts.ts';
import { Plane } from '../draw/canvas.ts';
import { drawDistribution } from '../draw/charts.ts';
import { chosenReason, figuresReason } from '../app/figures-reason.ts';
import { cardsView } from './cards.ts';
import { byId, fill, make, set, setText, table } from './dom.ts';
import { READABLE } from './pace.ts';
import type { Percentiles, ReasonStats, Stats } from '../run/types.ts';
import type { Page } from './page.ts';

const HEIGHT = 180;

const COLUMNS: [keyof Percentiles, string][] = [
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p99', 'p99'],
  ['p99_9', 'p99.9'],
  ['max', 'max'],
];

const ROWS: (keyof Omit<ReasonStats, 'count'>)[] = [
  'queue',
  'ttsp',
  'noticing',
  'operation',
  'held',
  'release',
  'total',
];
/** What the rows are called. */
const NAMES = { ...PART_NAMES, total: 'Until release, not held' };

export function panel({ store, frames, theme, shown: { stats }, summary }: Page) {
  const canvas = byId<HTMLCanvasElement>('distribution');
  const title = byId('statistics-title');
  const box = byId('percentiles');

  const plane = new Plane(canvas, () => view.invalidate());
  const view = frames.add(() => {
    const { recording, step, run, cores } = store.state;
    const all = stats();
    const shown = figuresReason(store.state, all);
    const figures = all[shown];
    const { width } = plane;
    setText(
      title,
      [
        counted(all, recording.held !== null),
        recording.givenUp > 0 ? `${plural(recording.givenUp, 'request')} given up` : '',
        `clock step ${duration(step, step)}`,
        run ? `${plural(run.workers, 'worker')} on ${plural(cores, 'core')}` : '',
      ]
        .filter(Boolean)
        .join(' · '),
    );
    canvas.setAttribute(
      'aria-label',
      `Distribution of the time to safepoint of ${plural(figures.count, `${REASON_NAMES[shown]} pause`)}; the table below has the figures`,
    );
    if (width > 0) {
      const percentiles = COLUMNS.filter(([key]) => carries(figures.count, key)).map(([key, label]) => ({
        label,
        value: figures.ttsp[key],
      }));
      const ctx = plane.prepare(HEIGHT);
      drawDistribution(
        ctx,
        { width, height: HEIGHT },
        { histogram: recording.ttsp[shown], percentiles, theme: theme.value },
      );
    }
    fill(box, percentileTable(all, step, recording.held !== null));
  }, READABLE);
  view.within(byId('statistics'));
  const choice = byId<HTMLSelectElement>('figures-of');
  choice.append(...REASONS.map((reason) => make('option', { value: reason, text: REASON_NAMES[reason] })));
  choice.addEventListener('change', () => {
    const reason = REASONS.find((one) => one === choice.value);
    const { recording } = store.state;
    store.set({ figuresOf: reason ? { reason, recording } : null });
  });
  store.watch((state) => set(choice, { value: chosenReason(state) ?? '' }));
  cardsView({ store, frames, stats, summary });
}

/** How many pauses the figures are of; one that is in force has none yet. */
function counted(stats: Stats, held: boolean) {
  const over = REASONS.reduce((sum, reason) => sum + stats[reason].count, 0);
  return held ? `${plural(over + 1, 'pause')}, one of them in force` : plural(over, 'pause');
}

/** @param held whether a pause is in force: it has no figures before it is over */
function percentileTable(stats: Stats, step: number, held: boolean) {
  const bodies = [];
  for (const reason of REASONS) {
    const figures = stats[reason];
    if (figures.count === 0) continue;
    const body = make(
      'tbody',
      {},
      make(
        'tr',
        { class: 'part' },
        make('th', {
          scope: 'rowgroup',
          colspan: COLUMNS.length + 1,
          text: `${REASON_NAMES[reason]}, ${plural(figures.count, 'pause')}`,
        }),
      ),
    );
    for (const row of ROWS) {
      body.append(
        make(
          'tr',
          {},
          make('th', { scope: 'row', text: NAMES[row] }),
          ...COLUMNS.map(([key]) =>
            make('td', {
              class: 'figure',
              text: duration(carries(figures.count, key) ? (figures[row]?.[key] ?? null) : null, step),
            }),
          ),
        ),
      );
    }
    bodies.push(body);
  }
  if (bodies.length === 0) {
    bodies.push(
      make(
        'tbody',
        {},
        make(
          'tr',
          {},
          make('td', {
            colspan: COLUMNS.length + 1,
            class: 'none',
            text: held ? 'The figures come when the pause is over.' : 'No pause yet.',
          }),
        ),
      ),
    );
  }
  const few = REASONS.some((reason) => stats[reason].count > 0 && !carries(stats[reason].count, 'p99_9'));
  return table(
    few
      ? 'Percentiles of each part of the pauses; one that so few pauses do not carry is left out (p50 needs 2, p90 10, p99 100, p99.9 1000)'
      : 'Percentiles of each part of the pauses',
    ['Part', ...COLUMNS.map(([, label]) => ({ figure: label }))],
    bodies,
  );
}
