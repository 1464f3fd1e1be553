// name: Counted turns

// Four tasks work, and add 1 to a counter after each turn: 4 times 300 turns. Between two turns
// they sleep, so that there is time to look. A mutex keeps them from losing a turn. Whatever happens on the way, the program has to print 1200.

const mutex = new Mutex();
let counter = 0;

async function work(): Promise<void> {
  for (let turn = 0; turn < 300; turn++) {
    let i = 0;
    while (i < 200000) i++;
    await mutex.lock();
    counter++;
    mutex.unlock();
    await sleep(60);
  }
}

const tasks = [work(), work(), work(), work()];
for (const task of tasks) await task;
print(counter);
