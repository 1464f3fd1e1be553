interface Point {
  x: number;
  y: number;
}
function add(a: Point, b: Point): Point {
  return { x: a.x + b.x, y: a.y + b.y };
}
const p = add({ x: 1, y: 2 }, { y: 3, x: 4 });
print(p.x, p.y);
p.x += 10;
p.y++;
print(p.x, p.y, p === p, p === add(p, p));
