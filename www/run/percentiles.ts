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
