// name: Deadlock
// description: Two tasks take two mutexes in opposite order, and each waits for the other for ever.
// endless: no

// The machine knows who waits for whom, so it can tell a deadlock from a long wait.
// Swap the arguments of the second call, and it ends well.

const left = new Mutex();
const right = new Mutex();

async function take(one: Mutex, other: Mutex, name: string): Promise<string> {
  await one.lock();
  await sleep(50); // time enough for the other task to take its mutex
  await other.lock(); // each task holds what the other one waits for
  other.unlock();
  one.unlock();
  return `the ${name} is done`;
}

const first = take(left, right, 'first');
const second = take(right, left, 'second');
print(await first);
print(await second);
print('no deadlock');
