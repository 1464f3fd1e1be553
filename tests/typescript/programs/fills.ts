// Loops that write one value to elements of a list, which the machine does in one operation where it can.
function fill<T>(list: T[], from: number, end: number, what: T): T[] {
  for (let i = from; i < end; i++) list[i] = what;
  return list;
}
function every(list: number[], from: number, step: number): string {
  for (let i = from; i < list.length; i += step) list[i] = 7;
  return list.join();
}
function constants(list: number[], flags: boolean[], texts: (string | null)[], end: number): string {
  for (let i = 0; i < end; i++) list[i] = 1000;
  for (let i = 2; i <= 2; i++) list[i] = 0.5;
  for (let i = 1; i < end; i += 2) flags[i] = true;
  for (let i = 0; i < end; i++) texts[i] = 'a';
  for (let i = 1; i < end; i += 2) texts[i] = null;
  return `${list.join()} ${flags.join()} ${texts.join()}`;
}
function doubled(list: number[], end: number): string {
  for (let i = 1; i < end; i += i) list[i] = -1;
  return list.join();
}
function numbers(list: number[], end: number): string {
  for (let i = 0; i < end; i++) list[i] = i;
  return list.join();
}
function from(list: number[], begin: number, end: number): number {
  let at = begin;
  do {
    list[at] = 5;
    at += 2;
  } while (at < end);
  return at;
}
function last(list: number[], end: number): string {
  let what = 0.5;
  for (let i = 0; i < end; i++) {
    what = 3;
    list[i] = what;
  }
  return `${list.join()} ${what}`;
}
const zeros = (): number[] => [0, 0, 0, 0, 0, 0, 0, 0, 0];

print(fill(zeros(), 2, 5, 3).join(), fill(zeros(), 5, 2, 3).join(), fill(['a', 'b'], 0, 2, 'c').join());
// Lists of lists.
print(
  fill([[1], [2], [3]], 1, 3, [4, 5])
    .map((list) => list.join())
    .join(' '),
);
print(fill(zeros(), 0.25, 0, 1).join(), fill(zeros(), 3, 4.5, -0.5).join());
print(every(zeros(), 0, 3), every(zeros(), 8, 1), every(zeros(), 9, 1), every(zeros(), 1, 2147483647));
print(
  every(zeros(), 0, 2.0),
  every(zeros(), 0, 4.5 * 2),
  constants(zeros(), [false, false, false, false], ['x', 'y', 'z', null], 4),
);
print(last(zeros(), 4), last(zeros(), 0));
print(doubled(zeros(), 9), numbers(zeros(), 6), from(zeros(), 1, 8), from(zeros(), 3, 0));

// With what goes on with the next turn, and what leaves.
const some = zeros();
for (let i = 0; i < 9; i++) {
  if (i % 2 === 0) continue;
  some[i] = 1;
}
for (let i = 0; i < 9; i++) {
  some[i] = 2;
  if (i > 3) break;
}
print(some.join());

// Long enough for a stop in the middle of it.
const long = new Array<number>(2000).fill(0);
let sum = 0;
for (let round = 1; round <= 40; round++) {
  fill(long, round, 2000, round);
  sum += long[round - 1] + long[round] + long[1999];
}
print(sum);
