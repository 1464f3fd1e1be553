class Entry {
  next: Entry | null = null;
}

// A cache with a limit: most of the heap is free after each collection.
let cache: Entry | null = null;
for (let i = 0; i < 10000; i++) {
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
