/** Handshakes with one worker while all others run: how many, how long they took, and one by a press. */
import { count, duration } from '../words/format.ts';
import { carries } from '../run/percentiles.ts';
import { isLive } from '../app/page-state.ts';
import { byId, make, set, setText } from './dom.ts';
import { READABLE } from './pace.ts';
import type { Handshake, Stats } from '../run/types.ts';
import type { Page } from './page.ts';

export function panel({ store, commands, frames, shown: { stats } }: Page) {
  const who = byId<HTMLSelectElement>('handshake-with');
  const button = byId<HTMLButtonElement>('handshake');
  let last: Handshake | null = null;
  button.addEventListener('click', () => {
    void commands.handshake(Number(who.value)).then((done) => {
      last = done;
      view.invalidate();
    });
  });
  store.watch(({ status, run }) => {
    const workers = run?.workers ?? 0;
    if (who.options.length !== workers)
      who.replaceChildren(
        ...Array.from({ length: workers }, (_, n) => make('option', { value: n, text: `worker ${n}` })),
      );
    set(button, { disabled: !isLive(status) });
  });
  store.on(['run'], () => {
    last = null;
  });
  const view = frames.add(() => {
    const { replay, step } = store.state;
    setText(
      byId('handshakes-text'),
      replay ? 'A recorded run does not tell.' : handshakesText(stats().handshakes, last, step),
    );
  }, READABLE);
  view.within(byId('statistics'));
}

/** @param last of the page's */
export function handshakesText(all: Stats['handshakes'], last: Handshake | null, step: number) {
  if (!all || all.count === 0)
    return 'None yet: a worker is asked to come to its next poll, and nobody else stops.';
  const { p50, max } = all.took;
  const half = carries(all.count, 'p50') ? `half of them took at most ${duration(p50, step)}, ` : '';
  const mine = last ? ` Worker ${last.worker} came to a poll after ${duration(last.took, step)}.` : '';
  return `${count(all.count)}: ${half}the longest ${duration(max, step)}.${mine}`;
}
