/** What spreads do: with the elements of an array in an array literal, or as arguments of `Math.min` and `Math.max`. */
function append<T>(list: T[], other: T[]): void {
  const length = other.length;
  for (let at = 0; at < length; at++) list.push(other[at]);
}

function min(list: number[]): number {
  let least = Infinity;
  for (const one of list) least = Math.min(least, one);
  return least;
}

function max(list: number[]): number {
  let most = -Infinity;
  for (const one of list) most = Math.max(most, one);
  return most;
}
