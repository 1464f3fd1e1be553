/** How long workers take to stop: figures, distribution and percentiles, all from `lab.stats()` but the shape. */
import { REASONS } from '../data/columns.js';
import { REASON_NAMES, duration, durationParts, plural } from '../data/format.js';
import { prepare, watchWidth } from '../render/canvas.js';
import { drawDistribution } from '../render/charts.js';
import { byId, make, setText, table } from './dom.js';
import { explained } from './terms.js';

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

/** @type {['queue' | 'ttsp' | 'operation' | 'release' | 'total', string][]} */
const ROWS = [
  ['queue', 'Queue'],
  ['ttsp', 'Time to safepoint'],
  ['operation', 'Operation'],
  ['release', 'Release'],
  ['total', 'Total'],
];

/**
 * @param {object} parts
 * @param {import('../state/store.js').Store<PageState>} parts.store
 * @param {import('../render/frame.js').Frames} parts.frames
 * @param {{ value: import('../render/theme.js').Theme }} parts.theme
 * @param {() => Stats} parts.stats
 * @returns {{ invalidate: () => void }}
 */
export function statisticsView({ store, frames, theme, stats }) {
  const canvas = /** @type {HTMLCanvasElement} */ (byId('distribution'));
  const title = byId('statistics-title');
  const cards = byId('cards');
  const box = byId('percentiles');

  const view = frames.add(() => {
    const { recording, shown, step, run, cores } = store.state;
    const all = stats();
    const figures = all[shown];
    const width = canvas.clientWidth;
    setText(
      title,
      [
        plural(recording.count, 'pause'),
        `clock step ${duration(step, step)}`,
        run ? `${plural(run.workers, 'worker')} on ${plural(cores, 'core')}` : '',
      ]
        .filter(Boolean)
        .join(' · '),
    );
    cards.replaceChildren(...cardsOf(figures, recording, shown, step));
    canvas.setAttribute(
      'aria-label',
      `Distribution of the time to safepoint of ${plural(figures.count, `${REASON_NAMES[shown]} pause`)}; the table below has the figures`,
    );
    if (width > 0) {
      const percentiles =
        figures.count === 0 ? [] : COLUMNS.map(([key, label]) => ({ label, value: figures.ttsp[key] }));
      const ctx = prepare(canvas, width, HEIGHT);
      drawDistribution(
        ctx,
        { width, height: HEIGHT },
        { histogram: recording.ttsp[shown], percentiles, theme: theme.value },
      );
    }
    box.replaceChildren(percentileTable(all, step, recording.held !== null));
  }, 400);
  watchWidth(canvas, view.invalidate);
  store.watch(['recorded', 'recording', 'shown', 'step', 'run'], view.invalidate);
  return view;
}

/**
 * @param {import('../engine/types.js').ReasonStats} figures
 * @param {{ wasted: number, count: number }} recording
 * @param {import('../engine/types.js').Reason} shown
 * @param {number} step
 */
function cardsOf(figures, { wasted, count }, shown, step) {
  const card = (/** @type {Node} */ name, /** @type {number} */ us, known = figures.count > 0) => {
    const { figure, unit } = known ? durationParts(us, step) : { figure: '–', unit: '' };
    return make('div', {}, make('dt', {}, name), make('dd', {}, figure, ' ', make('small', { text: unit })));
  };
  const name = REASON_NAMES[shown];
  return [
    card(
      make('span', {}, explained('time to safepoint', 'Time to safepoint'), `, ${name}, p50`),
      figures.ttsp.p50,
    ),
    card(make('span', { text: 'p99' }), figures.ttsp.p99),
    card(make('span', { text: 'Worst' }), figures.ttsp.max),
    card(explained('wasted worker time', 'Wasted worker time'), wasted, count > 0),
  ];
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
    for (const [row, name] of ROWS) {
      body.append(
        make(
          'tr',
          {},
          make('th', { scope: 'row', text: name }),
          ...COLUMNS.map(([key]) => make('td', { class: 'figure', text: duration(figures[row][key], step) })),
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
