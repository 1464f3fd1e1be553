// name: Sum on four tasks (TypeScript)
// description: Four tasks each sum a quarter of a long row of numbers; the loop polls when it goes round.
// endless: no

// Press GC: all four stop within a turn of their loop. Turn the polls at back-edges off, run it again
// and press GC: the stop comes when the last quarter is through.

async function part(from: number, to: number): Promise<number> {
  let sum = 0;
  for (let i = from; i < to; i++) sum += i % 7;
  return sum;
}

const size = 3000000;
const parts = [part(0, size), part(size, 2 * size), part(2 * size, 3 * size), part(3 * size, 4 * size)];
let total = 0;
for (const one of parts) total += await one;
print(total);
