// name: One loop without a poll

// Three tasks call a function in every turn, and a call polls. The fourth only goes round, and in
// this lesson a loop does not poll when it goes round: nothing in it ever asks whether it should stop.

function next(i: number): number {
  return (i + 1) % 1000;
}

async function polite(): Promise<void> {
  let i = 0;
  while (true) i = next(i); // the call polls
}

async function deaf(): Promise<void> {
  let i = 0;
  while (true) i = (i + 1) % 1000; // no call: only the way back could poll
}

polite();
polite();
polite();
deaf();
