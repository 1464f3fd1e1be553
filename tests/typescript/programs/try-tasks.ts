async function work(n: number): Promise<number> {
  await yieldNow();
  if (n === 2) throw new Error(`task ${n} has failed, ${'and says so at length, '.repeat(30)}`);
  return n * 10;
}

async function sum(): Promise<number> {
  let total = 0;
  for (let n = 0; n < 4; n++) {
    try {
      total += await work(n);
    } catch (error) {
      print((error as Error).message);
      total += 1;
    } finally {
      total += 1000;
    }
  }
  return total;
}
print(await sum());

// Through a task that only waits.
async function waits(n: number): Promise<number> {
  return (await work(n)) + 1;
}
try {
  print(await waits(1));
  print(await waits(2));
} catch (error) {
  print((error as Error).message.length);
}

// The mutex is free afterwards.
const mutex = new Mutex();
async function locked(): Promise<void> {
  await mutex.lock();
  try {
    await work(2);
  } finally {
    mutex.unlock();
  }
}
for (let i = 0; i < 2; i++) {
  try {
    await locked();
  } catch (error) {
    print('locked', i);
  }
}
await mutex.lock();
print('free');
