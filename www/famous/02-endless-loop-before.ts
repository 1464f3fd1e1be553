let done = false;

// A loop without a call. Nothing in it polls, and nobody will ever set "done".
async function spin(): Promise<void> {
  // @poll none
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
