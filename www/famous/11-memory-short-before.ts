class Entry {
  next: Entry | null = null;
}

// A cache that fills almost all of the heap, and is in use.
let cache: Entry | null = null;
for (let i = 0; i < 1700000; i++) {
  const entry = new Entry();
  entry.next = cache;
  cache = entry;
}

// Every request needs a little memory. When none is left, all tasks run short together.
async function serve(): Promise<void> {
  while (true) new Entry();
}

for (let i = 0; i < 3; i++) serve();
await serve();
