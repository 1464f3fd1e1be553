// name: A loop that does not poll
// description: Three tasks poll at every turn; the fourth goes round and round and never asks, until its loop is over.
// endless: yes

// Nothing in the inner loop of deaf is expensive, and nothing in it can be stopped: the comment before it has its turns
// not poll, as a compiler does that takes a loop for a short one. A pause waits until the loop is over.
// Delete the comment, run again, and the same loop is never late.

async function polite(): Promise<void> {
  let i = 0;
  while (true) i = (i + 1) % 1000; // polls when it goes round
}

async function deaf(): Promise<void> {
  while (true) {
    // @poll none
    for (let i = 0; i < 2000000; i++);
  }
}

polite();
polite();
polite();
deaf();
