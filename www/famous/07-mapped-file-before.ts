// An array that is a file: a read of it may have to wait for the disk, and looks like any other read.
async function scan(): Promise<void> {
  while (true) {
    stall(40);
  }
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

scan();
await serve();
