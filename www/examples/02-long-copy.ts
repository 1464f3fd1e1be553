// name: A long copy
// formerly: A loop without a poll
// description: Three tasks poll at every turn; the fourth copies a large array in one go, and everybody waits for it.
// endless: yes

// The loop of the copies polls at every turn, too. What does not poll is the copy inside: it works through
// a million elements in one instruction. Whoever stops the world waits until the copy is done: the late
// bar on the timeline is that worker.

async function count(): Promise<void> {
  let i = 0;
  while (true) i = (i + 1) % 1000; // polls at every turn
}

async function copies(): Promise<void> {
  const from = new Array<number>(1000000);
  const to = new Array<number>(1000000);
  while (true) {
    copy(from, to); // a million elements, no poll inside
  }
}

count();
count();
count();
copies();
