// The same file, read by a call: the thread leaves the machine, and is known to be away.
async function scan(): Promise<void> {
  while (true) {
    block(40);
  }
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

scan();
await serve();
