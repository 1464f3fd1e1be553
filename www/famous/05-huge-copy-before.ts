// One call copies a million and a half elements. It polls before and after, but not inside.
async function stream(): Promise<void> {
  const from = new Array<number>(1500000).fill(1);
  const to = new Array<number>(1500000);
  while (true) copy(from, to);
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

stream();
await serve();
