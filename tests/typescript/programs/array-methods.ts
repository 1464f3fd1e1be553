const list = [5, 3, 8];
print(list.push(1, 9, 2), list.push(4), list.join(), list.push());
const edges = [0, 1, 2, -1, -2, 3, 7, -7, 100, -100, 1.7, -1.7, NaN, Infinity, -Infinity];
for (const from of edges) {
  print(from, list.slice(from).join(' '), list.at(from));
  for (const to of edges) print(list.slice(from, to).join());
}
const part = list.slice();
part[0] = 100;
print(list[0], part[0], list.slice(1, undefined).length);
print(list.indexOf(9), list.indexOf(10), list.lastIndexOf(4), [1, 2, 1].lastIndexOf(1), [NaN].indexOf(NaN));
print(list.includes(9), list.includes(10), [NaN, 1].includes(NaN), [0].includes(-0), ['a'].includes('a'));
const holes: (number | null | undefined)[] = [1, null, undefined, 4];
print(
  holes.join('-'),
  holes.includes(undefined),
  holes.indexOf(null),
  [true, false].join(' '),
  ['a'].join('x'),
);
print([1.5, -0, NaN, 1e21].join(' '), list.concat([7, 7]).join(), list.join(''));
const empty: number[] = [];
print(empty.join(), empty.reverse().length, empty.shift(), empty.at(0), empty.slice(0, 4).length);
print(list.reverse().join(), list.shift(), list.unshift(42), list.join(), [1, 2, 3].reverse().join());
const queue = ['a', 'b'];
queue.push('c', 'd');
while (queue.length > 0) print(queue.shift());
const table = Array.from({ length: 3 }, (_, row) =>
  Array.from({ length: 2 }, (_, column) => row * 10 + column),
);
for (const row of table) print(row.join());
