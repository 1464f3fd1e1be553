// Memory is cleared in one go: a million and a half elements, and no poll among them.
async function load(): Promise<void> {
  const buffer = new Array<number>(1500000);
  while (true) buffer.fill(0);
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

load();
await serve();
