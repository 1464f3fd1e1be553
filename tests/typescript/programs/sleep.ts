// A task that sleeps does not keep its worker: another one ends its sleep's loop.
let isFree = false;
let turns = 0;
async function wait(): Promise<string> {
  while (!isFree) {
    await sleep(1);
    turns++;
  }
  return turns > 0 ? 'slept' : 'did not sleep';
}
async function free(): Promise<void> {
  isFree = true;
}
const waiting = wait();
while (turns === 0) await sleep(1);
await free();
print(await waiting);
