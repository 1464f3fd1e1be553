class Request {
  id = 0;
}

async function serve(): Promise<void> {
  while (true) new Request();
}

// Only the owner has to know: the worker that runs it comes to a poll, and nobody stops.
async function borrow(): Promise<void> {
  while (true) {
    handshake(owner);
  }
}

const owner = serve();
borrow();
await serve();
