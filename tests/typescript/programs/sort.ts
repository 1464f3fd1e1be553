// `sort` compares what V8 compares, in its order: short arrays, runs, and merges that gallop.
let state = 7;
const random = (below: number): number => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state % below;
};
interface Item {
  key: number;
  at: number;
}
let compared = 0;
let hash = 0;
const byKey = (a: Item, b: Item): number => {
  compared++;
  hash = (Math.imul(hash, 31) + a.at * 1000 + b.at) | 0;
  return a.key - b.key;
};
function items(size: number, keys: number, shape: number): Item[] {
  return Array.from({ length: size }, (_, at) => {
    if (shape === 1) return { key: at, at };
    if (shape === 2) return { key: size - at, at };
    if (shape === 3) return { key: at % 17 === 0 ? random(keys) : at, at };
    return { key: random(keys), at };
  });
}
for (const size of [0, 1, 2, 3, 10, 31, 63, 64, 65, 130, 400]) {
  for (let shape = 0; shape < 4; shape++) {
    const list = items(size, size > 100 ? 20 : 1000, shape);
    print(size, shape, list.sort(byKey) === list, compared, hash, list.map((one) => one.at).join(' '));
  }
}
print([3, 1, 2].sort((a, b) => b - a).join(), ['b', 'a'].sort((a, b) => (a < b ? -1 : 1)).join());
print([10, 9, 1, -1, 100, 1e21, 0.5].sort().join(), ['b', 'a', 'ä', 'B', '', 'aa'].sort().join());
print([true, false, true].sort().join(), [5, 5, 5].sort(() => -1).join(), [1, 2, 3].sort(() => NaN).join());
const holes: (number | undefined)[] = [3, undefined, 1, undefined, 2];
print(holes.sort().join('-'), holes.sort((a, b) => b! - a!).join('-'));
