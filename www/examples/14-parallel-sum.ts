// name: Parallel sum
// formerly: Sum on four tasks (TypeScript)
// description: Eight tasks add up an eighth of a million numbers each, and the program adds their sums.
// endless: no

// The classic way to use several workers: split, spawn, await, combine. The loop of sum polls when it
// goes round. Turn the polls at back-edges off, run it again and press GC: the stop comes when all are through.

async function sum(first: number, end: number): Promise<number> {
  let own = 0;
  for (let i = first; i < end; i++) own += i;
  return own;
}

const parts: Promise<number>[] = [];
for (let i = 0; i < 8; i++) parts.push(sum(i * 125000, (i + 1) * 125000));
let total = 0;
for (const part of parts) total += await part;
print(total);
