/** The figures that are read first. Made once: only their texts change, so that a tip stays open. */
import { REASONS } from '../data/columns.js';
import { REASON_NAMES, count, durationParts } from '../data/format.js';
import { isLive } from '../state/page-state.js';
import { byId, make, setText } from './dom.js';
import { READABLE } from './pace.js';
import { explained } from './terms.js';

/**
 * @param {object} parts
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} parts.store
 * @param {import('../render/frame.js').Frames} parts.frames
 * @param {() => import('../engine/types.js').Stats} parts.stats
 * @param {() => import('../data/run-summary.js').RunSummary | null} parts.summary of the run
 */
export function cardsView({ store, frames, stats, summary }) {
  const reason = make('span');
  const time = explained('time to safepoint', 'Time to safepoint');
  const cards = [
    card(make('span', {}, time, reason)),
    card('p99'),
    card('Worst'),
    card(explained('wasted worker time', 'Wasted worker time')),
    card('Instructions per second'),
    card('Polls per second'),
  ];
  const [p50, p99, worst, wasted, instructions, polls] = cards;
  byId('cards').replaceChildren(...cards.map(({ element }) => element));

  const view = frames.add(() => {
    const { recording, step, status } = store.state;
    const all = stats();
    // Pauses for another reason take their place once there are figures of them.
    const shown = figured(all, store.state.shown);
    const { count: pauses, ttsp } = all[shown];
    const part = (/** @type {number} */ us, known = pauses > 0) =>
      known ? durationParts(us, step) : { figure: '–', unit: '' };
    setText(reason, `, ${REASON_NAMES[shown]}, p50`);
    p50.say(part(ttsp.p50));
    p99.say(part(ttsp.p99));
    worst.say(part(ttsp.max));
    wasted.say(part(recording.wasted, recording.count + recording.givenUp > 0));
    const now = summary();
    instructions.say(perSecond(now?.instructions, now?.uncounted ? '≥\u202f' : ''));
    polls.say(now?.counted === false ? { figure: '–', unit: 'not counted' } : perSecond(now?.polls));
    if (isLive(status) && !recording.held) view.invalidate();
  }, READABLE);
  view.within(byId('cards'));
  store.watch(['recorded', 'recording', 'shown', 'step', 'status'], view.invalidate);
}

/**
 * @param {import('../engine/types.js').Stats} stats
 * @param {import('../engine/types.js').Reason} wanted
 * @returns {import('../engine/types.js').Reason} that one, or one that there are figures of
 */
export function figured(stats, wanted) {
  return [wanted, ...REASONS].find((reason) => stats[reason].count > 0) ?? wanted;
}

/** @param {Node | string} name */
function card(name) {
  const value = document.createTextNode('–');
  const small = make('small');
  const element = make('div', {}, make('dt', {}, name), make('dd', {}, value, ' ', small));
  return {
    element,
    say: (/** @type {{ figure: string, unit: string }} */ { figure, unit }) => {
      value.data = figure;
      setText(small, unit);
    },
  };
}

/**
 * Of all workers together, while they could run.
 *
 * @param {number | undefined} value
 * @param {string} [bound] before it, where it is at least that
 */
function perSecond(value, bound = '') {
  const [figure = '–', unit = ''] = value ? count(value).split('\u202f') : [];
  return { figure: figure === '–' ? figure : bound + figure, unit };
}
