// A solver of another language: the call is long, and the machine was not told that its thread is away.
async function optimize(): Promise<void> {
  while (true) {
    stall(300);
  }
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

optimize();
await serve();
