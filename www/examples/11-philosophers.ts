// name: Philosophers
// description: Five philosophers share five forks and eat for ever without a deadlock.
// endless: yes

// Everybody takes the fork with the smaller number first, so nobody waits in a circle.

const forks = [new Mutex(), new Mutex(), new Mutex(), new Mutex(), new Mutex()];

async function dine(first: number, second: number): Promise<void> {
  for (let meals = 0; ; meals++) {
    await forks[first].lock();
    await forks[second].lock();
    for (let bites = 0; bites < 20000; bites++) {
      // Eats.
    }
    forks[second].unlock();
    forks[first].unlock();
    await yieldNow(); // thinks
  }
}

for (let i = 0; i < 4; i++) dine(i, i + 1);
dine(0, 4); // the last one would take 4 first: the smaller one comes first
