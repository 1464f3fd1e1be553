// Many small objects, all in use, and tasks that poll at every turn.
class Entry {
  next: Entry | null = null;
}

let cache: Entry | null = null;
for (let i = 0; i < 200000; i++) {
  const entry = new Entry();
  entry.next = cache;
  cache = entry;
}

async function serve(): Promise<void> {
  for (let id = 0; ; id = (id + 1) % 1000) {
    // Short turns that poll.
  }
}

serve();
await serve();
