let log = '';
function mark(name: string, value: number): number {
  log += name;
  return value;
}
const sum = mark('a', 1) + mark('b', 2) * mark('c', 3) - mark('d', 4);
const list = [mark('e', 5), mark('f', 6)];
list[mark('g', 0)] = mark('h', 7);
list[mark('i', 1)] += mark('j', 8);
const point = { y: mark('k', 1), x: mark('l', 2) };
print(mark('m', 1) < mark('n', 2), sum, list[0], list[1], point.x, point.y);
print(log);
