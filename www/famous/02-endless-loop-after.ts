let done = false;

// The same loop polls at every turn. It goes on for ever, and can be stopped.
async function spin(): Promise<void> {
  // @poll always
  while (!done) {
    // Busy waiting.
  }
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

spin();
await serve();
