// A call of what is no function fails, after its arguments.
interface Box {
  f?: (n: number) => number;
}
function say(n: number): number {
  print('argument', n);
  return n;
}
const boxes: Box[] = [{ f: (n) => n * 2 }, {}];
for (const box of boxes) print(box.f!(say(4)));
