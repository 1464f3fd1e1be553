/** How long workers take to stop: figures, distribution and percentiles, all from `lab.stats()` but the shape. */
import { REASONS } from '../data/columns.js';
import { REASON_NAMES, duration, plural } from '../data/format.js';
import { PART_NAMES } from '../engine/pause-parts.js';
import { Plane } from '../render/canvas.js';
import { drawDistribution } from '../render/charts.js';
import { cardsView } from './cards.js';
import { byId, fill, make, setText, table } from './dom.js';
import { READABLE } from './pace.js';

/** @typedef {import('../state/page-state.js').PageState} PageState */
/** @typedef {import('../engine/types.js').Percentiles} Percentiles */
/** @typedef {import('../engine/types.js').Stats} Stats */

const HEIGHT = 150;

/** @type {[keyof Percentiles, string][]} */
const COLUMNS = [
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p99', 'p99'],
  ['p99_9', 'p99.9'],
  ['max', 'max'],
];

/** @type {(keyof Omit<import('../engine/types.js').ReasonStats, 'count'>)[]} */
const ROWS = ['queue', 'ttsp', 'noticing', 'operation', 'held', 'release', 'total'];
/** What the rows are called. */
const NAMES = { ...PART_NAMES, total: 'Until release, not held' };

/**
 * @param {object} parts
 * @param {import('../state/store.js').Store<PageState>} parts.store
 * @param {import('../render/frame.js').Frames} parts.frames
 * @param {{ value: import('../render/theme.js').Theme }} parts.theme
 * @param {() => Stats} parts.stats
 * @param {() => import('../data/run-summary.js').RunSummary | null} parts.summary of the run
 * @returns {{ invalidate: () => void }}
 */
export function statisticsView({ store, frames, theme, stats, summary }) {
  const canvas = /** @type {HTMLCanvasElement} */ (byId('distribution'));
  const title = byId('statistics-title');
  const box = byId('percentiles');

  const plane = new Plane(canvas, () => view.invalidate());
  const view = frames.add(() => {
    const { recording, shown, step, run, cores } = store.state;
    const all = stats();
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
      const percentiles =
        figures.count === 0 ? [] : COLUMNS.map(([key, label]) => ({ label, value: figures.ttsp[key] }));
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
  cardsView({ store, frames, stats, summary });
  store.watch(['recorded', 'recording', 'shown', 'step', 'run', 'status'], view.invalidate);
  return view;
}

/**
 * How many pauses the figures are of; one that is in force has none yet.
 *
 * @param {Stats} stats
 * @param {boolean} held
 */
function counted(stats, held) {
  const over = REASONS.reduce((sum, reason) => sum + stats[reason].count, 0);
  return held ? `${plural(over + 1, 'pause')}, one of them in force` : plural(over, 'pause');
}

/**
 * @param {Stats} stats
 * @param {number} step
 * @param {boolean} held whether a pause is in force: it has no figures before it is over
 */
function percentileTable(stats, step, held) {
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
            make('td', { class: 'figure', text: duration(figures[row]?.[key] ?? null, step) }),
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
  return table(
    'Percentiles of each part of the pauses',
    ['Part', ...COLUMNS.map(([, label]) => ({ figure: label }))],
    bodies,
  );
}
