// Calls whose last argument is a sum, which the machine does in one operation where it can.
function half(n: number): number {
  return n / 2;
}
function both(a: number, b: number): string {
  return `${a},${b}`;
}
function down(n: number): number {
  return n < 1 ? n : down(n - 1);
}
function twice(n: number): number {
  return n < 2 ? n : twice(n - 1) + twice(n - 2);
}
function shout(text: string): string {
  return `${text}!`;
}

const most = 2147483647;
let n = 7;
print(half(n + 1), half(n - 9), half(n + 0), both(n, n + 1), both(n + 1, n), both(n + 2, n - 2));

// A sum that is no integer of 32 bits, and one that is a text.
print(half(most + 1), half(-most - 1), half(-most - 2), half(most - 1), half(0.5 + n));
n = 0.25;
print(half(n + 1), half(n - 1), both(n + 1, n + 2));
n = -1;
print(1 / half(n + 1), 1 / half(-0 + 0), half(0 / 0 + 1));
const word = 'a';
print(shout(word + 1), shout(word + -1));

// Only one way to the call has a sum.
for (let i = 2; i < 6; i++) print(half(i > 3 ? 5 : i + 1), half(i > 3 ? i + 1 : 5));

// As deep as registers and frames have to grow, and one sum within another call's.
print(down(5000), down(20.5), twice(12), down(half(n + 41) + 1));

// A parameter that the callee changes is the caller's no more.
function change(n: number): number {
  n += 10;
  return n;
}
for (let i = 0; i < 3; i++) print(change(i + 1), i);

// On several workers, in tasks.
async function sum(from: number): Promise<number> {
  let all = 0;
  for (let i = from; i < from + 200; i++) all += half(i + 1) + twice((i % 7) + 1);
  return all;
}
const tasks = [sum(1), sum(most - 100), sum(-50.5)];
for (const task of tasks) print(await task);
