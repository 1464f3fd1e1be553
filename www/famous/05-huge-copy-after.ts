// The same elements in 1,500 pieces, and a poll between any two.
async function stream(): Promise<void> {
  const from: number[][] = [];
  const to: number[][] = [];
  for (let i = 0; i < 1500; i++) {
    from.push(new Array<number>(1000).fill(1));
    to.push(new Array<number>(1000));
  }
  while (true) {
    for (let i = 0; i < 1500; i++) copy(from[i], to[i]);
  }
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

stream();
await serve();
