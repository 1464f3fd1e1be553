/** The figures that are read first. Made once: only their texts change, so that a tip stays open. */
import { REASON_NAMES, count, durationParts } from '../words/format.ts';
import { carries } from '../run/percentiles.ts';
import { figuresReason } from '../app/figures-reason.ts';
import { isLive } from '../app/page-state.ts';
import { byId, make, setText } from './dom.ts';
import { READABLE } from './pace.ts';
import { explained } from './terms.ts';
import type { Store } from '../app/store.ts';
import type { PageState } from '../app/page-state.ts';
import type { Frames } from '../draw/frame.ts';
import type { Stats } from '../run/types.ts';
import type { RunSummary } from '../run/run-summary.ts';

export function cardsView({
  store,
  frames,
  stats,
  summary,
}: {
  store: Store<PageState>;
  frames: Frames;
  stats: () => Stats;
  /** of the run */
  summary: () => RunSummary | null;
}) {
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
    const shown = figuresReason(store.state, all);
    const { count: pauses, ttsp } = all[shown];
    const part = (us: number, known = pauses > 0) =>
      known ? durationParts(us, step) : { figure: '–', unit: '' };
    setText(reason, `, ${REASON_NAMES[shown]}, p50`);
    p50.say(part(ttsp.p50));
    p99.say(part(ttsp.p99, carries(pauses, 'p99')));
    worst.say(part(ttsp.max));
    wasted.say(part(recording.wasted, recording.count + recording.givenUp > 0));
    const now = summary();
    instructions.say(perSecond(now?.instructions, now?.uncounted ? '≥\u202f' : ''));
    polls.say(now?.counted === false ? { figure: '–', unit: 'not counted' } : perSecond(now?.polls));
    if (isLive(status) && !recording.held) view.invalidate();
  }, READABLE);
  view.within(byId('cards'));
}

function card(name: Node | string) {
  const value = document.createTextNode('–');
  const small = make('small');
  const element = make('div', {}, make('dt', {}, name), make('dd', {}, value, ' ', small));
  return {
    element,
    say: ({ figure, unit }: { figure: string; unit: string }) => {
      value.data = figure;
      setText(small, unit);
    },
  };
}

/**
 * Of all workers together, while they could run.
 *
 * @param bound before it, where it is at least that
 */
function perSecond(value: number | undefined, bound: string = '') {
  const [figure = '–', unit = ''] = value ? count(value).split('\u202f') : [];
  return { figure: figure === '–' ? figure : bound + figure, unit };
}
