// name: Blocked and forgot
// description: One task blocks its worker for 200 ms and forgot the safe region: a pause has to wait for it.
// endless: yes

// stall does the same as block, with the classic mistake: it does not say that it is away.
// Nobody can know whether it is about to touch the heap, so the whole world waits.
// Change stall to block and press GC again.

async function outside(): Promise<void> {
  while (true) {
    stall(200); // away for 200 ms and nobody was told
  }
}

async function count(): Promise<void> {
  let i = 0;
  while (true) i = (i + 1) % 1000;
}

outside();
count();
count();
count();
