/** The pause that is looked at, worker by worker. */
import { isLive } from '../app/page-state.ts';
import { byId, fill, make } from './dom.ts';
import { READABLE, readable } from './pace.ts';
import { waterfall } from './waterfall.ts';
import { saveSnapshot } from './snapshot.ts';
import type { Pause } from '../run/types.ts';
import type { Page } from './page.ts';

/** Rows of a table that is another once a second: what is seen of it without scrolling. */
const LIVE_ROWS = 8;

export function panel({ store, commands, frames }: Page) {
  const download = () => void saveSnapshot(store, commands);
  const box = byId('waterfall');
  let drawn: Pause | null | undefined;
  let drawnAs = '';
  const view = frames.add(() => {
    const { selected, recording, status, step, replay, view: shown } = store.state;
    const pause = selected === null ? null : recording.pause(selected);
    const resumed = pause ? recording.resumptions.rows.get(pause.id) : undefined;
    const known = resumed ? resumed.reduce((n, time) => n + (Number.isNaN(time) ? 0 : 1), 0) : 0;
    // Looked at, it is whole; live, the next one takes its place soon.
    const most = shown === 'live' && isLive(status) ? LIVE_ROWS : Infinity;
    // What can be written down is the world that stands still now.
    const save = pause && recording.held?.id === pause.id && isLive(status) ? download : null;
    const as = `${known} ${most} ${save !== null}`;
    if (!pause)
      fill(
        box,
        make('p', {
          class: 'none',
          text: status === 'stopping' ? 'The stop has not come yet.' : 'No pause yet.',
        }),
      );
    else if (pause !== drawn || as !== drawnAs)
      fill(box, ...waterfall(pause, resumed, { step, live: !replay, download: save, most }));
    drawn = pause;
    drawnAs = as;
  }, READABLE);
  box.addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest('[data-pause]') : null;
    if (link instanceof HTMLElement) commands.select(Number(link.dataset.pause));
  });
  view.within(box);
  store.watch((state) => view.setInterval(readable(state)));
}
