// One turn in a thousand polls: the loop is cut into strips.
function checksum(size: number): number {
  let sum = 0;
  // @poll every 1000
  for (let i = 0; i < size; i++) sum = (sum * 31 + i) % 65521;
  return sum;
}

async function report(): Promise<void> {
  while (true) checksum(100000);
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

report();
await serve();
