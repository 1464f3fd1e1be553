/** Where a place in one text lies in another one: a line through pairs of places that belong together. */

/** @param pairs rising in both, at least one */
export function interpolate(pairs: [number, number][], from: number): number {
  let low = 0;
  let high = pairs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((pairs[middle]?.[0] ?? Infinity) <= from) low = middle;
    else high = middle - 1;
  }
  const [x, y] = pairs[low] ?? [0, 0];
  const next = pairs[low + 1];
  if (!next || next[0] <= x) return y;
  return y + ((from - x) / (next[0] - x)) * (next[1] - y);
}
