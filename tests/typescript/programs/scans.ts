// Loops that only step an index and compare an element: as far as numbers of one kind go, and beyond.
function up(list: number[], limit: number, from: number): number {
  let at = from;
  while (list[at] < limit) at++;
  return at;
}

function down(list: number[], limit: number, from: number): number {
  let at = from;
  while (list[at] > limit) at--;
  return at;
}

function byThree(list: number[], what: number): number {
  let at = 1;
  while (list[at] !== what) at += 3;
  return at;
}

function until(list: number[], what: number): number {
  let at = -1;
  do at++;
  while (list[at] <= what);
  return at;
}

function word(words: string[], what: string): number {
  let at = 0;
  while (words[at] < what) at++;
  return at;
}

function same(list: number[], what: number, from: number = -1): number {
  let at = from;
  do at++;
  while (list[at] === what);
  return at;
}

const numbers: number[] = [];
for (let i = 0; i < 100; i++) numbers.push(i);
print(
  up(numbers, 50, 0),
  up(numbers, 0, 3),
  up(numbers, 98.5, 0),
  down(numbers, 7, 99),
  down(numbers, 99, 99),
);
print(byThree(numbers, 97), until(numbers, 12), until(numbers, -5));

const halves = numbers.map((n) => n / 2 + 0.25);
print(up(halves, 10, 0), up(halves, 10.25, 0), down(halves, 3.25, 99), until(halves, 49));

// Integers and fractions beside each other, and what is neither less nor more.
const mixed = [1, 1.5, 2, 2.5, -0, NaN, 3];
print(up(mixed, 2.25, 0), up(mixed, 3, 0), down(mixed, 1, 3), until(mixed, 2), byThree(mixed, -0));

const broken = [0.5, NaN, 1.5];
print(up(broken, 2.5, 0), down(broken, 0.25, 2), until(broken, 2.5), byThree([0.25, NaN, 1, 2, 0.5], 0.5));

// An element that is not there ends it.
print(word(['a', 'b', 'c', 'd'], 'c'), word(['', 'aa', 'ab', 'b'], 'ab'));
print(
  same([7, 7, 7], 7),
  same([], 7),
  same([7, 7, 8, 7], 7),
  same([7, 7, 7], 7, 0.5),
  same([7], 7, 2147483647),
);

// The end of the integers is far beyond any list.
let far = 2147483646;
let turns = 0;
const few = [0];
while (few[far - 2147483646] === 0 && turns < 3) {
  far++;
  turns++;
}
print(far, turns);

// The list changes between two scans.
let sum = 0;
for (let round = 0; round < 20; round++) {
  numbers.push(1000 + round);
  sum += up(numbers, 1000 + round, round);
  numbers[round] = -1;
  if (round % 5 === 4) numbers.pop();
}
print(sum, numbers.length);

// Long enough for a stop in the middle of one.
const long = Array.from({ length: 3000 }, (_, i) => i);
for (let round = 0; round < 100; round++) sum += up(long, 2990 - round, round) - down(long, round, 2999);
print(sum);

// And while another task scans it.
const shared = [...numbers];
async function scan(): Promise<number> {
  let found = 0;
  for (let round = 0; round < 50; round++) found += up(shared, 500, round);
  return found;
}
const tasks = [spawn(scan), spawn(scan)];
for (let i = 0; i < 100; i++) shared[i] = i + 0.5;
let most = 0;
for (const task of tasks) most = Math.max(most, await task);
print(most > 0);
