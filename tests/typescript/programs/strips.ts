// Loops that compiled code runs in strips: ways into them and out of them, and counters at the edges of 32 bits.

function upTo(from: number, limit: number): number {
  let turns = 0;
  for (let i = from; i < limit; i++) turns++;
  return turns;
}

function byThree(from: number, limit: number): number {
  let sum = 0;
  for (let i = from; i < limit; i += 3) sum += i % 7;
  return sum;
}

function left(stop: number): string {
  let seen = 0;
  for (let i = 0; i < 5000; i++) {
    if (i === stop) return `returned at ${i} after ${seen}`;
    if (i % 3 === 0) continue;
    seen += i;
  }
  return `went through, ${seen}`;
}

function broken(list: number[], wanted: number): number {
  let found = -1;
  for (let i = 0; i < 40; i++) {
    if (list[i] === wanted) {
      found = i;
      break;
    }
  }
  return found;
}

function thrown(at: number): string {
  let i = 0;
  try {
    for (i = 0; i < 3000; i++) if (i === at) throw new Error(`thrown at ${i}`);
    return 'nothing was thrown';
  } catch (error) {
    return `${(error as Error).message}, ${i}`;
  }
}

function moved(): string {
  let limit = 100;
  let turns = 0;
  for (let i = 0; i < limit; i++) {
    if (i % 10 === 0 && limit < 3000) limit += 11;
    if (i % 50 === 7) i += 2;
    turns++;
  }
  return `${turns} of ${limit}`;
}

function grows(n: number): number {
  let sum = 2147480000;
  for (let i = 0; i < n; i++) sum += i;
  return sum;
}

function within(rows: number, columns: number): number {
  let all = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) all += x ^ y;
    for (let x = 0; x < y; x++) all -= x & 3;
  }
  return all;
}

for (let round = 0; round < 40; round++) {
  print(upTo(0, 3000 + round), upTo(2147483600, 2147483647), upTo(5, 5), upTo(7, -3));
  print(byThree(-1000, 1000), byThree(2147483630, 2147483647), byThree(2147483640, 2147483646));
  print(left(round * 100), left(-1));
  print(broken([3, 1, 4, 1, 5, 9, 2, 6], round), thrown(round * 70), thrown(4000));
  print(moved(), grows(2000), grows(10), within(30, 40), within(3, 2));
}

// At the top level a loop is entered in its middle.
let total = 0;
for (let i = 0; i < 300000; i++) total += i;
let odd = 0;
for (let i = 1; i < 300000; i += 2) odd = (odd + i) % 1000003;
print(total, odd);
