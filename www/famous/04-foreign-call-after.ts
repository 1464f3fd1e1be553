// The same solver, called inside a safe region: "I touch nothing of yours until I am back."
async function optimize(): Promise<void> {
  while (true) {
    block(300);
  }
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

optimize();
await serve();
