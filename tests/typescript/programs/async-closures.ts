// Functions as tasks: they share the variables that they have captured.
async function run(): Promise<void> {
  let done = 0;
  const m = new Mutex();
  const work = async (id: number, turns: number): Promise<number> => {
    for (let turn = 0; turn < turns; turn++) {
      await m.lock();
      done += id;
      m.unlock();
    }
    return id * 10;
  };
  const tasks = [work(1, 3), work(2, 2), spawn(work, 3, 1)];
  let results = 0;
  for (const task of tasks) results += await task;
  print(done, results);

  const starts: ((n: number) => Promise<number>)[] = [
    async (n) => n + 1,
    async (n) => (await work(n, 1)) + 1,
  ];
  for (const start of starts) print(await start(4), await spawn(start, 5));
  print(done);

  const plain = (a: number, b: number): number => a * b;
  print(await spawn(plain, 6, 7), await spawn(() => plain(2, 2)));
  const flat = (): Promise<number> => work(7, 0);
  print(await flat(), await spawn(flat));
}
await run();

const list = [1, 2, 3].map(async (n) => {
  await sleep(10 - n);
  return n * n;
});
let squares = 0;
for (const one of list) squares += await one;
print(squares);
