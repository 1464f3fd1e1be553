// name: Blocked inside a safe region
// description: Two tasks block their workers for half a second at a time; nobody has to wait for them.
// endless: yes

// block stands for a call out of the machine: a file, a network, a library. Before it blocks it
// says "I touch nothing of yours" (it enters a safe region), so it counts as stopped at once.
// It cannot come back while the world is stopped.

let calls = 0;

async function outside(): Promise<void> {
  while (true) {
    block(500); // half a second away, inside a safe region
    calls++;
  }
}

async function count(): Promise<void> {
  let i = 0;
  while (true) i = (i + 1) % 1000;
}

outside();
outside();
count();
count();
