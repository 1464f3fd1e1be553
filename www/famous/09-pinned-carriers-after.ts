// The task leaves its worker while it waits, and the worker runs others.
async function request(): Promise<void> {
  while (true) {
    await sleep(100);
  }
}

// Others have hardly anything to do, but no worker to do it.
async function heartbeat(): Promise<void> {
  for (let beats = 1; ; beats++) {
    await sleep(5);
  }
}

for (let i = 0; i < 8; i++) request();
await heartbeat();
