// Each task is polite and polls at every turn. There are many more workers than processors.
async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

for (let i = 1; i < 128; i++) serve();
await serve();
