/** From instants to pixels. */
import { tick } from '../words/format.ts';

export interface Scale {
  /** first instant shown, microseconds */
  from: number;
  /** last instant shown */
  to: number;
  /** clamped to the ends */
  x: (time: number) => number;
  time: (x: number) => number;
  /** instants with a name; one that is strong is named in any case, others where there is room */
  marks: { x: number; label: string; strong?: boolean }[];
  /** pixels between which the scale is another one */
  breaks: { from: number; to: number }[];
}

/**
 * The last `span` microseconds before `now`. Its marks stand at round times of the run, so that they move
 * with the lanes and agree with the log.
 *
 * @param begin of the run
 * @param left first pixel
 * @param right last pixel
 */
export function liveScale(now: number, span: number, begin: number, left: number, right: number): Scale {
  return rangeScale(now - span, now, begin, left, right);
}

/**
 * A stretch of the run, to scale.
 *
 * @param begin of the run
 * @param left first pixel
 * @param right last pixel
 */
export function rangeScale(from: number, to: number, begin: number, left: number, right: number): Scale {
  const span = to - from;
  const width = right - left;
  const x = (time: number) => left + (clamp(time, from, to) - from) * (width / span);
  const step = timeStep(span, Math.max(2, Math.floor(width / 90)));
  const marks = [];
  for (let i = Math.max(0, Math.ceil((from - begin) / step)); begin + i * step <= to; i += 1) {
    marks.push({ x: x(begin + i * step), label: timeLabel(i * step, step) });
  }
  return {
    from,
    to,
    x,
    time: (px) => from + ((clamp(px, left, right) - left) / width) * span,
    marks,
    breaks: [],
  };
}

const MINUTE = 60e6;
/** Round steps beyond half a minute, in minutes. */
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480];

function timeStep(span: number, most: number) {
  const rough = span / most;
  if (rough <= MINUTE / 3) return niceStep(span, most);
  return (MINUTES.find((n) => n * MINUTE >= rough) ?? Math.ceil(rough / (480 * MINUTE)) * 480) * MINUTE;
}

/**
 * An instant of a run: `12.5 s`, `5 min`, `1 h 30 min`.
 *
 * @param us since the run's begin
 * @param step between it and the next one that is named; no digit is finer
 */
export function timeLabel(us: number, step: number) {
  if (step >= MINUTE || us >= 10 * MINUTE) {
    const hours = Math.floor(us / (60 * MINUTE));
    const minutes = Math.floor(us / MINUTE) - hours * 60;
    const seconds = inSeconds(us - (hours * 60 + minutes) * MINUTE, step);
    const parts = [hours && `${hours} h`, minutes && `${minutes} min`, Number(seconds) && `${seconds} s`];
    return parts.filter(Boolean).join(' ') || '0 s';
  }
  return `${inSeconds(us, step)} s`;
}

function inSeconds(us: number, step: number) {
  return String(Number((us / 1e6).toFixed(Math.max(0, Math.ceil(-Math.log10(step / 1e6) - 1e-9)))));
}

/** Least and most share of the width that a part of a pause takes, in units of its time to safepoint. */
const SHARES = {
  before: [0.12, 0.35],
  reach: [1, 1],
  operation: [0.22, 0.9],
  held: [0.12, 0.3],
  after: [0.2, 0.45],
};

/** Pixels from one instant that is named to the next. */
const TICK = 90;

/**
 * A pause: what was before, its time to safepoint, its operation, how long it was held and what came after. The time
 * to safepoint is drawn to scale. A part that is much longer or shorter is drawn to a scale of its own and
 * reported in `breaks`, so that 4 ms and a minute fit one picture.
 *
 * @param left first pixel
 * @param right last pixel
 */
export function pauseScale(
  pause: {
    requested: number;
    armed: number;
    /** when the last worker had stopped; or when the request was given up */
    stopped: number;
    /** when the operation was */
    done?: number | null;
    /** when the world was let go */
    release: number | null;
    /** the last instant worth showing (when the last worker ran again; now, while stopped) */
    last: number;
    /** of the clock */
    step: number;
    /** whether it was given up */
    inVain?: boolean;
  },
  left: number,
  right: number,
): Scale {
  const unit = Math.max(pause.stopped - pause.armed, 4 * pause.step);
  const lead = pause.requested - unit * 0.12;
  const end = pause.release ?? Math.max(pause.last, pause.stopped + unit * SHARES.operation[0]);
  const knots = [lead, pause.armed, Math.max(pause.stopped, pause.armed + pause.step / 2)];
  const limits = [SHARES.before, SHARES.reach];
  const { done = null } = pause;
  if (done !== null && end - done > Math.max(pause.step, (done - pause.stopped) / 4)) {
    knots.push(done);
    limits.push(SHARES.operation, SHARES.held);
  } else limits.push(pause.inVain ? SHARES.after : SHARES.operation);
  knots.push(end);
  if (pause.release !== null) {
    knots.push(Math.max(pause.last, pause.release + unit * SHARES.after[0]));
    limits.push(SHARES.after);
  }
  for (let i = 1; i < knots.length; i += 1) knots[i] = Math.max(knots[i], knots[i - 1] + 1e-3);
  const shares = limits.map(([least, most], i) => clamp((knots[i + 1] - knots[i]) / unit, least, most));
  const sum = shares.reduce((a, b) => a + b, 0);
  const pixels = [left];
  for (const share of shares) pixels.push(pixels[pixels.length - 1] + (share / sum) * (right - left));
  pixels[shares.length] = right;
  const breaks = [];
  for (let i = 0; i < shares.length; i += 1) {
    const natural = (knots[i + 1] - knots[i]) / unit;
    if (i !== 1 && Math.abs(natural / shares[i] - 1) > 0.02)
      breaks.push({ from: pixels[i], to: pixels[i + 1] });
  }
  const x = piecewise(knots, pixels);
  const marks = [
    { x: x(pause.armed), label: 'armed', strong: true },
    { x: x(pause.stopped), label: pause.inVain ? 'given up' : 'stopped', strong: true },
  ];
  if (pause.release !== null) marks.push({ x: x(pause.release), label: 'resumed', strong: true });
  // Since arming, as long as that is to scale.
  const reach = x(pause.stopped) - x(pause.armed);
  for (const since of niceSteps(unit, Math.max(1, Math.floor(reach / TICK))).slice(1))
    if (since < pause.stopped - pause.armed)
      marks.push({ x: x(pause.armed + since), label: tick(since), strong: false });
  return { from: knots[0], to: knots[knots.length - 1], x, time: piecewise(pixels, knots), marks, breaks };
}

/**
 * @param from rising
 * @param to rising, as many
 */
function piecewise(from: number[], to: number[]) {
  const last = from.length - 1;
  return (value: number) => {
    if (value <= from[0]) return to[0];
    if (value >= from[last]) return to[last];
    let i = 0;
    while (value > from[i + 1]) i += 1;
    return to[i] + ((value - from[i]) / (from[i + 1] - from[i])) * (to[i + 1] - to[i]);
  };
}

/**
 * Round steps from 0 to a span.
 *
 * @param most how many steps at most
 */
export function niceSteps(span: number, most: number) {
  const step = niceStep(span, most);
  const values = [];
  for (let i = 0; i * step <= span * (1 + 1e-9); i += 1) values.push(i * step);
  return values;
}

/** @returns 1, 2 or 5 times a power of ten */
function niceStep(span: number, most: number): number {
  const rough = span / most;
  const size = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((n) => n * size).find((s) => s >= rough) ?? rough;
}

/**
 * A logarithmic axis that holds all values, from and to a power of ten.
 *
 * @param low pixel of the least
 * @param high pixel of the greatest
 */
export function logScale(least: number, greatest: number, low: number, high: number) {
  const from = Math.floor(Math.log10(Math.max(least, 1e-9)) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(greatest, 1e-9)) - 1e-9));
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  const at = (value: number) =>
    low + ((clamp(Math.log10(Math.max(value, 1e-9)), from, to) - from) / (to - from)) * (high - low);
  return { at, ticks };
}

function clamp(value: number, low: number, high: number) {
  return Math.min(high, Math.max(low, value));
}
