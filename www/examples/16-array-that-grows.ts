// name: An array that grows
// formerly: An array that grows (TypeScript)
// description: One task pushes a million numbers; whenever the array is full, all of it is copied in one go.
// endless: yes

// Take snapshots at an interval and look at who was late: now and then a stop waits for a push. The
// array has no room then, and its elements are copied to one that is twice as long, without a poll.
// The cure is to make the array long enough at once: new Array<number>(1000000).

async function fill(): Promise<number> {
  const list: number[] = [];
  for (let i = 0; i < 1000000; i++) list.push(i);
  return list.length;
}

async function count(): Promise<void> {
  for (let i = 0; ; i = (i + 1) % 1000) {
    // Short turns that poll: this worker is never late.
  }
}

count();
while (true) await fill();
