class Request {
  id = 0;
}

async function serve(): Promise<void> {
  while (true) new Request();
}

// A lock leans towards the task that took it last. Whoever else wants it stops everybody.
async function borrow(): Promise<void> {
  while (true) {
    stopTheWorld('revoke bias');
  }
}

const owner = serve();
borrow();
await serve();
