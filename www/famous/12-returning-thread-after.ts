// It collects now and then.
async function janitor(): Promise<void> {
  while (true) {
    collect();
    await sleep(100);
  }
}

// The other returns from short waits outside of the machine, and hardly ever finds the world stopped.
async function work(): Promise<void> {
  for (let done = 0; ; done = (done + 1) % 1000) block(1);
}

janitor();
await work();
