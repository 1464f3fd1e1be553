interface Point {
  x: number;
  next: Point | null;
  list?: number[];
  f?: (n: number) => number;
}
const a: Point = { x: 1, next: { x: 2, next: null, list: [7, 8], f: (n) => n + 1 } };
let none: Point | null = null;
if (a.x > 1) none = a;
print(a.next?.x, a.next?.next?.x, a.next?.next?.next?.x, none?.x);
print(a.list?.[0], a.next?.list?.[1], a.next?.list?.length, a.list?.length);
print(a.f?.(1), a.next?.f?.(1), none?.f?.(1));
let called = 0;
const call = (): number => ++called;
print(a.f?.(call()), called, a.next?.f?.(call()), called, none?.next?.f?.(call()), called);
print(none?.list?.[call()], called, a.next?.list?.[call()], called);
print(none?.next?.next === undefined, (none?.x ?? 5) + 1, `${none?.next?.x}`);
function attempt(maybe: ((n: number) => number) | null | undefined): void {
  print(maybe?.(call()), called);
}
attempt(undefined);
attempt(null);
attempt((n) => n * 2);
const size = (text: string | null): number | undefined => text?.length;
print(size(null), size('abc'));
