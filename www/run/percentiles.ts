/** Which percentiles so many values carry. */
import type { Percentiles } from './types.ts';

/**
 * Values that each needs: of fewer none lies beyond it, and it would be the greatest by another name.
 */
const NEEDED: Record<keyof Percentiles, number> = { p50: 2, p90: 10, p99: 100, p99_9: 1000, max: 1 };

/** @returns nothing wanted: enough; otherwise how many values it takes */
export function lacking(percentile: keyof Percentiles, count: number): number | null {
  return count >= NEEDED[percentile] ? null : NEEDED[percentile];
}

export function carries(count: number, percentile: keyof Percentiles) {
  return lacking(percentile, count) === null;
}

/** @returns null in place of those that so few values do not carry */
export function carried(count: number, figures: Percentiles): Record<keyof Percentiles, number | null> {
  const keys = Object.keys(NEEDED) as (keyof Percentiles)[];
  return Object.fromEntries(keys.map((key) => [key, carries(count, key) ? figures[key] : null])) as Record<
    keyof Percentiles,
    number | null
  >;
}
