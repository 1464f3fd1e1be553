let done = false;

// A loop without a call. Nothing in it polls, and nobody will ever set "done".
async function spin(): Promise<void> {
  while (!done) {
    // Busy waiting.
  }
}

function request(id: number): number {
  return id * 2 + 1;
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) request(id);
}

spin();
await serve();
