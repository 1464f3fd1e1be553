/** One time scale for two pauses of different runs, aligned where each was armed. */
import { instants, isCompleted } from '../run/pause-parts.ts';
import { tick } from '../words/format.ts';
import { niceSteps } from './scale.ts';
import type { Pause } from '../run/types.ts';
import type { Measured } from '../words/pair-text.ts';
import type { Scale } from './scale.ts';

/** What both pictures show, microseconds before and after arming. */
export interface Stretch {
  before: number;
  after: number;
}

/** Of the longer of what is compared: what is shown before arming, of what follows at most, and behind that. */
const SHARES = { before: 0.15, rest: 0.5, margin: 0.1 };
/** Pixels from one instant that is named to the next. */
const TICK = 90;
/** What is shown of two runs, microseconds before and after a stop in each. */
const RUN: Stretch = { before: 5000, after: 95_000 };

/**
 * A stretch in which what is compared of two stops is seen as a whole, and what follows it as far as there is room.
 *
 * @param step of the coarser clock
 */
export function stretchOf(pauses: Pause[], step: number, measured: Measured = 'ttsp'): Stretch {
  if (measured === 'run') return RUN;
  const end = (pause: Pause) => {
    const { armed, done } = instants(pause);
    return measured === 'operation' && done !== null ? done - armed : pause.ttsp;
  };
  const reach = Math.max(4 * step, ...pauses.map(end));
  const rest = pauses.map((pause) => {
    const { armed, released, stopped } = instants(pause);
    return Math.min((released ?? stopped) - armed, reach * (1 + SHARES.rest));
  });
  return { before: reach * SHARES.before, after: Math.max(reach, ...rest) + reach * SHARES.margin };
}

/**
 * @param pause whose arming is the common instant
 * @param left first pixel
 * @param right last pixel
 */
export function alignedScale(pause: Pause, { before, after }: Stretch, left: number, right: number): Scale {
  const { armed, stopped, release } = instants(pause);
  const [from, to] = [armed - before, armed + after];
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  const x = (time: number) => left + ((clamp(time, from, to) - from) / (to - from)) * (right - left);
  const named = [
    { at: armed, label: 'armed' },
    { at: stopped, label: isCompleted(pause) ? 'stopped' : 'given up' },
    ...(release === null ? [] : [{ at: release, label: 'resumed' }]),
  ].filter(({ at }) => at <= to);
  const most = Math.max(1, Math.floor((x(to) - x(armed)) / TICK));
  return {
    from,
    to,
    x,
    time: (px) => from + ((clamp(px, left, right) - left) / (right - left)) * (to - from),
    marks: [
      ...named.map(({ at, label }) => ({ x: x(at), label, strong: true })),
      ...niceSteps(after, most)
        .slice(1)
        .map((since) => ({ x: x(armed + since), label: tick(since) })),
    ],
    breaks: [],
  };
}
