// A request waits for a reply while it holds a monitor, so its task cannot leave its worker.
async function request(): Promise<void> {
  while (true) {
    block(100);
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
