/**
 * A stretch of the timeline that the user marks, to see what it contains and to look at it closer: by dragging, or by
 * keys. What is marked lies above the picture, which needs not be drawn anew for it.
 */
import { make, set } from './dom.ts';
import type { PageState } from '../app/page-state.ts';
import type { Store } from '../app/store.ts';
import type { Commands } from '../app/commands.ts';
import type { Scale } from '../draw/scale.ts';
import type { movement } from './movement.ts';

/** Share of the picture that is marked at first by keys, and that a key moves one of its ends by. */
const FIRST = 0.5;
const STEP = 0.02;

export function marking(
  box: HTMLElement,
  {
    store,
    commands,
    scale,
    width,
    move,
    says,
  }: {
    store: Store<PageState>;
    commands: Commands;
    /** of the picture that is seen */
    scale: () => Scale | null;
    /** of the picture */
    width: () => number;
    move: ReturnType<typeof movement>;
    /** what the stretch that is marked contains */
    says: () => string;
  },
) {
  const band = make('div', { class: 'marked' });
  band.hidden = true;
  box.append(band);
  /** Whether the live view stands still only for as long as something is marked. */
  let wasLive = false;

  const place = () => {
    const { marked } = store.state;
    const now = scale();
    set(band, { hidden: !marked || !now });
    if (!marked || !now) return;
    const [from, to] = [now.x(marked.from), now.x(marked.to)].sort((a, b) => a - b);
    band.style.left = `${(from / width()) * 100}%`;
    band.style.width = `${((to - from) / width()) * 100}%`;
  };
  /** A picture that moves on by itself cannot be marked. */
  const hold = () => {
    wasLive = store.state.view === 'live';
    if (wasLive) move.hold();
  };
  /** Whether there is a run in the picture: before its first events there is nothing to mark. */
  const isThere = () => scale() !== null && !Number.isNaN(store.state.recording.begin);
  const mark = (from: number, to: number) => {
    if (!isThere()) return;
    if (!store.state.marked) hold();
    const now = scale();
    if (now) store.set({ marked: { from: now.time(from), to: now.time(to) } });
  };
  const end = (isMeant: boolean) => {
    const { marked } = store.state;
    if (!marked) return;
    const spoken = isMeant ? says() : 'Nothing is marked.';
    store.set({ marked: null, spoken });
    if (isMeant) move.choose(marked.from, marked.to);
    else if (wasLive) commands.goLive();
  };
  const key = ({ key: name, shiftKey }: KeyboardEvent): boolean => {
    const { marked } = store.state;
    const now = scale();
    if (name === 'Enter' && !isThere()) {
      store.set({ spoken: 'There is nothing to mark yet.' });
      return true;
    }
    if (!now) return false;
    const [left, right] = [now.x(now.from), now.x(now.to)];
    const side = name === 'ArrowLeft' ? -1 : name === 'ArrowRight' ? 1 : 0;
    if (name === 'Enter' && !marked) {
      const edge = ((1 - FIRST) / 2) * (right - left);
      mark(left + edge, right - edge);
      store.set({ spoken: `Marking ${says()}. The arrows move its end, with Shift its beginning.` });
    } else if (!marked) return false;
    else if (name === 'Enter') end(true);
    else if (name === 'Escape') end(false);
    else if (side !== 0) {
      const moved = (time: number, by: number) => Math.min(Math.max(now.x(time) + by, left), right);
      const by = side * STEP * (right - left);
      mark(moved(marked.from, shiftKey ? by : 0), moved(marked.to, shiftKey ? 0 : by));
      store.set({ spoken: says() });
    } else return false;
    return true;
  };

  // Another picture, or another run.
  store.on(['run', 'view', 'selected'], ({ marked }) => {
    if (marked) store.set({ marked: null });
  });
  store.watch(place);
  return { mark, end, key, place };
}
