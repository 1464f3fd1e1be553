function first<T>(list: T[]): T | undefined {
  return list.length > 0 ? list[0] : undefined;
}
print(first([1, 2]), first(['a']), first<number>([]), first([true]));

function swap<A, B>(a: A, b: B, f: (b: B, a: A) => string): string {
  return f(b, a);
}
print(swap(1, 'x', (b, a) => b + a));

function times<T>(n: number, make: (at: number) => T): T[] {
  const made: T[] = [];
  for (let at = 0; at < n; at++) made.push(make(at));
  return made;
}
print(times(3, (at) => at * 2).length, times(2, (at) => `${at}!`)[1]);

const pick = <T>(a: T, b: T, isFirst: boolean): T => (isFirst ? a : b);
print(pick('a', 'b', false), pick(1, 2, true));

function count<T>(list: T[], wanted: T): number {
  let found = 0;
  for (const one of list) {
    if (one === wanted) found++;
  }
  return found;
}
print(count([1, 2, 1], 1), count(['a', 'b'], 'c'));

interface Item {
  name: string;
  size: number;
}
function largest<T>(list: T[], size: (one: T) => number): T {
  let best = list[0];
  for (const one of list) if (size(one) > size(best)) best = one;
  return best;
}
const items: Item[] = [
  { name: 'a', size: 3 },
  { name: 'b', size: 9 },
];
print(
  largest(items, (item) => item.size).name,
  largest(['xx', 'x'], (text) => text.length),
);

function nested<T>(lists: T[][]): T[] {
  const all: T[] = [];
  const add = (one: T): void => {
    all.push(one);
  };
  for (const list of lists) list.forEach(add);
  return all;
}
print(nested([[1], [2, 3]]).join(), nested([['a'], ['b']]).join('-'));
