/**
 * Figures as text. One rule for all: a figure never shows more than the clock can tell, and never
 * more than three significant digits. `src/lab/sentence.rs` has it for sentences, and
 * `tests/figures.json` holds both to it.
 */
import type { Bound } from '../run/longest-path.ts';
import type { Pause, PollPolicy, Reason } from '../run/types.ts';

export const REASON_NAMES: Record<Reason, string> = { gc: 'GC', snapshot: 'Snapshot', debug: 'Debug' };

/** What a pause was for; of a stop that the program made, with the reason that the program gave. */
export function reasonText({ reason, by, program }: Pick<Pause, 'reason' | 'by' | 'program'>) {
  if (!program) return REASON_NAMES[reason];
  const isProgram = reason === 'debug' && by.startsWith('worker ');
  return `${isProgram ? 'Program' : REASON_NAMES[reason]}: ${program.why}`;
}

/** What is done while the world is stopped, as a verb. */
export const OPERATION_NAMES: Record<Reason, string> = {
  gc: 'collect',
  snapshot: 'snapshot',
  debug: 'inspect',
};

/** Narrow no-break space between a figure and its unit. */
const GAP = '\u202f';

/**
 * A figure and its unit, apart.
 *
 * @param us duration in microseconds
 * @param step the clock's step in microseconds
 */
export function durationParts(us: number, step: number): { figure: string; unit: string } {
  if (!Number.isFinite(us)) return { figure: '\u2013', unit: '' };
  if (us < step) return { figure: `<${GAP}${shortest(step)}`, unit: 'µs' };
  const scale =
    us < 999.5
      ? { unit: 'µs', size: 1 }
      : us < 999_500
        ? { unit: 'ms', size: 1000 }
        : { unit: 's', size: 1e6 };
  if (scale.size === 1 && step >= 1) return { figure: String(Math.round(us / step) * step), unit: 'µs' };
  const byClock = Math.max(0, Math.ceil(-Math.log10(step / scale.size) - 1e-9));
  return { figure: threeDigits(us, scale.size, byClock), unit: scale.unit };
}

/**
 * Three digits, of these at most `decimals` behind the point.
 *
 * @param size of the unit
 */
function threeDigits(value: number, size: number, decimals: number = 2) {
  const scaled = value / size;
  const digits = Math.min(scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2, decimals);
  // In units of the last digit: halves are exact there, and rounded up.
  const last = size / 10 ** digits;
  return ((Math.round(value / last) * last) / size).toFixed(digits);
}

/**
 * `3.82 ms`, `65 µs`, `< 5 µs`.
 *
 * @param us duration in microseconds; null for one that has not ended
 * @param step the clock's step in microseconds
 */
export function duration(us: number | null, step: number) {
  if (us === null) return '\u2013';
  const { figure, unit } = durationParts(us, step);
  return unit ? `${figure}${GAP}${unit}` : figure;
}

/** `within 3.82 ms`, `in under 5 µs`. */
export function within(us: number, step: number) {
  const text = duration(us, step);
  return text.startsWith('<') ? `in under ${text.slice(2)}` : `within ${text}`;
}

/**
 * A duration in whole microseconds, as logs want it.
 *
 * @param us duration in microseconds
 * @param step the clock's step in microseconds
 */
export function microseconds(us: number | null, step: number) {
  if (us === null) return '-';
  if (us < step) return `<${shortest(step)} us`;
  return `${Math.round(Math.round(us / step) * step)} us`;
}

/** A power of ten on an axis: `10 µs`, `1 ms`. */
export function tick(us: number) {
  const [size, unit] = us < 1000 ? [1, 'µs'] : us < 1e6 ? [1000, 'ms'] : [1e6, 's'];
  return `${shortest(us / size)}${GAP}${unit}`;
}

/**
 * A round figure on an axis: `50 M` instead of `50.0 M`.
 *
 * @param text as `count` or `bytes` say it
 */
export function round(text: string) {
  return text.replace(/\.0+(?=\D)/, '');
}

/** @param value in bytes */
export function bytes(value: number) {
  return value < 1000 ? `${value}${GAP}B` : inUnits(value, ['kB', 'MB', 'GB']);
}

/** `312`, `4812`, `18.2 M`. */
export function count(value: number) {
  return value < 10_000 ? String(Math.round(value)) : inUnits(value, ['k', 'M', 'G', 'T']);
}

/** @param units each a thousand of the one before */
function inUnits(value: number, units: string[]) {
  let power = 1;
  while (power < units.length && value / 1000 ** power >= 999.5) power += 1;
  return `${threeDigits(value, 1000 ** power)}${GAP}${units[power - 1]}`;
}

/** As short as it gets, for a margin: `312`, `1.2k`, `48k`, `18M`. */
export function compact(value: number) {
  if (value < 1000) return String(Math.round(value));
  const power = Math.min(4, Math.floor(Math.log10(value * 1.005) / 3));
  const scaled = value / 1000 ** power;
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${['', 'k', 'M', 'G', 'T'][power]}`;
}

/** `1 worker`, `3 workers`. */
export function plural(n: number, noun: string) {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function shortest(value: number) {
  return String(Number(value.toPrecision(2)));
}

/** @param part from 0 to 1 */
export function percent(part: number) {
  const figure = part * 100;
  const shown =
    figure > 0 && figure < 0.1 ? `<${GAP}0.1` : figure < 10 ? Number(figure.toFixed(1)) : Math.round(figure);
  return `${shown}${GAP}%`;
}

/** The longest path without a poll. */
export function boundText({ instructions, perFrame }: NonNullable<Bound>) {
  return plural(instructions, 'instruction') + (perFrame ? ' for each frame of a recursion' : '');
}

/** Back-edges that adapt. @param us within which they are to poll again */
export function fewEdges(us: number) {
  return `as few back-edges as ${duration(us, 1)} allow`;
}

/** Where a run polled, in words. */
export function policyText(policy: PollPolicy | null) {
  if (!policy) return 'not known';
  const { calls, back_edges, allocations, awaits, every, adapt } = policy;
  const often = every === 1 ? 'back-edges' : `one back-edge in ${every}`;
  const edges = adapt === undefined ? often : fewEdges(adapt);
  const all = [calls && 'calls', back_edges && edges, allocations && 'allocations', awaits && 'awaits'];
  return all.filter(Boolean).join(', ') || 'nowhere';
}
