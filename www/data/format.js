/**
 * Figures as text. One rule for all: a figure never shows more than the clock can tell, and never
 * more than three significant digits.
 */

/** @type {Record<import('../engine/types.js').Reason, string>} */
export const REASON_NAMES = { gc: 'GC', snapshot: 'Snapshot', debug: 'Debug' };

/** What is done while the world is stopped, as a verb. @type {Record<import('../engine/types.js').Reason, string>} */
export const OPERATION_NAMES = { gc: 'collect', snapshot: 'snapshot', debug: 'inspect' };

/** Narrow no-break space between a figure and its unit. */
const GAP = '\u202f';

/**
 * A figure and its unit, apart.
 *
 * @param {number} us duration in microseconds
 * @param {number} step the clock's step in microseconds
 * @returns {{ figure: string, unit: string }}
 */
export function durationParts(us, step) {
  if (!Number.isFinite(us)) return { figure: '\u2013', unit: '' };
  if (us < step) return { figure: `<${GAP}${shortest(step)}`, unit: 'µs' };
  const scale =
    us < 999.5
      ? { unit: 'µs', size: 1 }
      : us < 999_500
        ? { unit: 'ms', size: 1000 }
        : { unit: 's', size: 1e6 };
  const value = us / scale.size;
  const byDigits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  const byClock = Math.max(0, Math.ceil(-Math.log10(step / scale.size) - 1e-9));
  if (scale.size === 1 && step >= 1) return { figure: String(Math.round(us / step) * step), unit: 'µs' };
  return { figure: value.toFixed(Math.min(byDigits, byClock)), unit: scale.unit };
}

/**
 * `3.82 ms`, `65 µs`, `< 5 µs`.
 *
 * @param {number | null} us duration in microseconds; null for one that has not ended
 * @param {number} step the clock's step in microseconds
 */
export function duration(us, step) {
  if (us === null) return '\u2013';
  const { figure, unit } = durationParts(us, step);
  return unit ? `${figure}${GAP}${unit}` : figure;
}

/**
 * A duration in whole microseconds, as logs want it.
 *
 * @param {number | null} us duration in microseconds
 * @param {number} step the clock's step in microseconds
 */
export function microseconds(us, step) {
  if (us === null) return '-';
  if (us < step) return `<${shortest(step)} us`;
  return `${Math.round(Math.round(us / step) * step)} us`;
}

/**
 * A power of ten on an axis: `10 µs`, `1 ms`.
 *
 * @param {number} us
 */
export function tick(us) {
  const [size, unit] = us < 1000 ? [1, 'µs'] : us < 1e6 ? [1000, 'ms'] : [1e6, 's'];
  return `${shortest(us / size)}${GAP}${unit}`;
}

/**
 * A round figure on an axis: `50 M` instead of `50.0 M`.
 *
 * @param {string} text as `count` or `bytes` say it
 */
export function round(text) {
  return text.replace(/\.0+(?=\D)/, '');
}

/** @param {number} value in bytes */
export function bytes(value) {
  if (value < 1000) return `${value}${GAP}B`;
  const units = ['kB', 'MB', 'GB'];
  let scaled = value;
  let unit = 'B';
  for (const next of units) {
    if (scaled < 999.5) break;
    scaled /= 1000;
    unit = next;
  }
  return `${scaled.toPrecision(3)}${GAP}${unit}`;
}

/**
 * `312`, `4.81 k`, `18.2 M`.
 *
 * @param {number} value
 */
export function count(value) {
  if (value < 10_000) return String(Math.round(value));
  const units = ['k', 'M', 'G', 'T'];
  let scaled = value;
  let unit = '';
  for (const next of units) {
    if (scaled < 999.5) break;
    scaled /= 1000;
    unit = next;
  }
  return `${scaled.toPrecision(3)}${GAP}${unit}`;
}

/**
 * As short as it gets, for a margin: `312`, `1.2k`, `48k`, `18M`.
 *
 * @param {number} value
 */
export function compact(value) {
  if (value < 1000) return String(Math.round(value));
  const power = Math.min(4, Math.floor(Math.log10(value * 1.005) / 3));
  const scaled = value / 1000 ** power;
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${['', 'k', 'M', 'G', 'T'][power]}`;
}

/**
 * `1 worker`, `3 workers`.
 *
 * @param {number} n
 * @param {string} noun
 */
export function plural(n, noun) {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** @param {number} value */
function shortest(value) {
  return String(Number(value.toPrecision(2)));
}
