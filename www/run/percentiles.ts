/** Which percentiles a number of values carries: of fewer, the 99th of a hundred is only the greatest by another name. */
import type { Percentiles } from './types.ts';

/** How many values each needs, so that it can be another one than the greatest. */
const NEEDS: Record<keyof Percentiles, number> = { p50: 1, p90: 10, p99: 100, p99_9: 1000, max: 1 };

export function carries(count: number, percentile: keyof Percentiles) {
  return count >= NEEDS[percentile];
}

/** @returns null in place of those that so few values do not carry */
export function carried(count: number, figures: Percentiles): Record<keyof Percentiles, number | null> {
  const keys = Object.keys(NEEDS) as (keyof Percentiles)[];
  return Object.fromEntries(keys.map((key) => [key, carries(count, key) ? figures[key] : null])) as Record<
    keyof Percentiles,
    number | null
  >;
}
