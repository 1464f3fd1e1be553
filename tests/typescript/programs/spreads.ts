const list = [3, 1, 2];
const copy = [...list];
copy.push(4);
print(list.join(), copy.join());
print([0, ...list, 9, ...copy, -1].join());
print([...list, ...list].length);
const none: number[] = [];
print([...none].length, [...none, 7].join(), Math.max(...none), Math.min(...none));
print(
  Math.max(...list),
  Math.min(...list, 0),
  Math.max(5, ...list, 7),
  Math.max(...[NaN, 1]),
  Math.min(...[0, -0]),
);
let order = '';
function noted(name: string): string[] {
  order += name;
  return [name, name];
}
print([...noted('a'), 'b', ...noted('c')].join(''), order);
interface Point {
  x: number;
}
const points: Point[] = [{ x: 1 }];
const more: Point[] = [...points, { x: 2 }];
more[0].x = 5;
print(points[0].x, more.map((point) => point.x).join());
