// name: Busy loops
// description: Four tasks count for ever and poll at every turn of their loop, so they stop at once.
// endless: yes

// A loop polls when it goes round, so a pause waits for no more than one turn of each task.
// Press GC and look at how close together the workers stop.

async function count(task: number): Promise<void> {
  for (let rounds = 1; ; rounds++) {
    let i = 0;
    while (i < 500000000) {
      i++; // and polls when it goes round
    }
    print(`task ${task}: ${rounds} times 500 million`);
  }
}

count(1);
count(2);
count(3);
count(4);
