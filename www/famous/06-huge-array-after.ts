// The same memory in segments: each is cleared in one go, and between two of them the loop polls.
async function load(): Promise<void> {
  const segments: number[][] = [];
  for (let i = 0; i < 1500; i++) segments.push(new Array<number>(1000));
  while (true) {
    for (let i = 0; i < segments.length; i++) segments[i].fill(0);
  }
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

load();
await serve();
