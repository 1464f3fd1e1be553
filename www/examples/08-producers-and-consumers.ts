// name: Producers and consumers
// description: Two tasks fill a buffer and two empty it; a mutex keeps them apart.
// endless: no

// Waiting for a mutex costs no worker: the task is put aside and its worker takes another one. A task that
// finds the buffer full or empty lets another one run.
const mutex = new Mutex();
const buffer: number[] = [];
let made = 0;
let sum = 0;

async function produce(): Promise<void> {
  for (let left = 20000; left > 0; await yieldNow()) {
    await mutex.lock();
    for (; buffer.length < 16 && left > 0; left--) buffer.push(++made);
    mutex.unlock();
  }
}

async function consume(): Promise<void> {
  for (let left = 20000; left > 0; await yieldNow()) {
    await mutex.lock();
    for (; buffer.length > 0 && left > 0; left--) sum += buffer.pop()!;
    mutex.unlock();
  }
}

for (const task of [produce(), produce(), consume(), consume()]) await task;
print(sum); // of the numbers from 1 to 40000
