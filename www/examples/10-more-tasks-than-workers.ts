// name: More tasks than workers
// description: Forty tasks share the workers; half of them sleep, and everybody gets on.
// endless: no

// A task is not a thread: it runs on whichever worker is free. At a poll the machine may also
// put a task aside whose turn has been long enough. A worker with nothing to do is idle, which
// is a safe region: nobody waits for it.

async function work(): Promise<number> {
  let turns = 0;
  while (turns < 1000000) turns++;
  return 1;
}

async function nap(): Promise<number> {
  for (let naps = 0; naps < 10; naps++) await sleep(100);
  return 1;
}

const tasks: Promise<number>[] = [];
for (let i = 0; i < 20; i++) {
  tasks.push(work());
  tasks.push(nap());
}
let done = 0;
for (const task of tasks) done += await task;
print(`${done} tasks are done`);
