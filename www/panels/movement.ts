/** What zooming and moving the timeline mean, by mouse, touch or key, live and recorded. */
import { isLive } from '../app/page-state.ts';
import { between, panned, whole, zoomed } from '../app/viewport.ts';
import type { PageState } from '../app/page-state.ts';
import type { Store } from '../app/store.ts';
import type { Commands } from '../app/commands.ts';
import type { Scale } from '../draw/scale.ts';

/** Zooming and moving: the live view stays live while something runs, until the user moves it. */
export function movement(
  store: Store<PageState>,
  commands: Commands,
  drawn: () => Scale | null,
  now: () => number,
) {
  const extent = () => {
    const { recording, step } = store.state;
    return { begin: recording.begin || 0, end: endOf(store.state, now), step };
  };
  /** What is shown, as if it were all to the scale that holds at a pixel. */
  const windowAt = (x: number) => {
    const scale = drawn();
    if (!scale) return null;
    const { view, range } = store.state;
    const left = scale.x(scale.from);
    const width = scale.x(scale.to) - left;
    const middle = Math.min(Math.max(x, left + 2), left + width - 2);
    if (view === 'range')
      return { range, left, width, time: range.from + ((middle - left) / width) * (range.to - range.from) };
    const each = (scale.time(middle + 2) - scale.time(middle - 2)) / 4;
    const time = scale.time(middle);
    const from = time - (middle - left) * each;
    return { range: { from, to: from + width * each }, left, width, time };
  };
  const centre = () => {
    const scale = drawn();
    return scale ? (scale.x(scale.from) + scale.x(scale.to)) / 2 : 0;
  };
  const zoom = (factor: number, x = centre()) => {
    const { view, status, recording } = store.state;
    if (view === 'live' && isLive(status) && !recording.held) {
      commands.zoomLive(factor);
      return;
    }
    const at = windowAt(x);
    if (at) commands.look(zoomed(at.range, factor, at.time, extent()));
  };
  const by = (share: number) => {
    const at = windowAt(centre());
    if (at) commands.look(panned(at.range, share * (at.range.to - at.range.from), extent()));
  };
  return {
    zoom,
    by,
    pan: (pixels: number) => {
      const at = windowAt(centre());
      if (at) by(-pixels / at.width);
    },
    /** What is shown stands still. */
    hold: () => {
      const scale = drawn();
      if (scale) commands.look({ from: scale.from, to: scale.to });
    },
    choose: (from: number, to: number) => commands.look(between(from, to, extent())),
    all: () => commands.look(whole(extent())),
  };
}

/** Up to when there is something to be seen. */
export function endOf({ status, recording }: PageState, now: () => number) {
  return isLive(status) && !recording.held ? Math.max(now(), recording.latest) : recording.latest;
}
