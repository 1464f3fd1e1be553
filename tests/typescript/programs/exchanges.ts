// Two elements of a list change places, which the machine does in one operation where it can.
function exchange<T>(list: T[], i: number, j: number): T[] {
  const one = list[i];
  list[i] = list[j];
  list[j] = one;
  return list;
}

print(exchange([1, 2, 3], 0, 2).join(), exchange([1, 2, 3], 1, 1).join());
print(
  exchange([1.5, 2, -0], 0, 2)
    .map((n) => 1 / n)
    .join(),
);
print(exchange(['a', 'b'], 0, 1).join(), exchange([[1], [2, 3]], 1, 0).length);
interface Item {
  key: number;
}
const items: Item[] = [{ key: 1 }, { key: 2 }, { key: 3 }];
exchange(items, 0, 2);
print(items.map((item) => item.key).join());

// What was read keeps its value.
function both(list: string[], i: number, j: number): string {
  const one = list[i];
  const other = list[j];
  list[i] = other;
  list[j] = one;
  return `${one}${other} ${list.join('')}`;
}
print(both(['a', 'b', 'c'], 0, 2), both(['a', 'b', 'c'], 1, 1));

// What is nearly an exchange.
function around(list: number[], i: number, j: number, k: number): string {
  const one = list[i];
  list[i] = list[j];
  list[k] = one;
  return list.join();
}
function twice(list: number[], i: number, j: number): string {
  const one = list[i];
  list[i] = list[j];
  list[j] = list[i];
  return `${one} ${list.join()}`;
}
function between(list: number[], others: number[], i: number, j: number): string {
  const one = list[i];
  list[i] = others[j];
  others[j] = one;
  return `${list.join()} ${others.join()}`;
}
function own(list: number[], i: number, j: number): string {
  i = list[i];
  list[i] = list[j];
  list[j] = i;
  return `${i} ${list.join()}`;
}
print(around([1, 2, 3], 0, 1, 2), twice([1, 2, 3], 0, 2), between([1, 2], [3, 4], 0, 1));
print(own([2, 0, 1], 0, 1), own([2, 0, 1], 1, 2));

// Within it a loop begins.
function looped(list: number[], i: number, j: number): string {
  let turns = 0;
  const one = list[i];
  do {
    list[i] = list[j];
    list[j] = one;
  } while (++turns < 3);
  return list.join();
}
print(looped([1, 2, 3, 4], 0, 3), looped([1, 2, 3, 4], 2, 1));

// Until everything is in its place.
const sorted = Array.from({ length: 50 }, (_, i) => (i * 37) % 50);
let exchanges = 0;
for (let i = 0; i < sorted.length; i++) {
  while (sorted[i] !== i) {
    exchange(sorted, i, sorted[i]);
    exchanges++;
  }
}
print(exchanges, sorted.join() === sorted.map((_, i) => i).join());

// Between tasks that exchange under a lock nothing is lost.
const shared = Array.from({ length: 64 }, (_, i) => i);
const lock = new Mutex();
async function mix(step: number): Promise<void> {
  for (let i = 0; i < 400; i++) {
    await lock.lock();
    exchange(shared, (i * step) % 64, (i * 5 + step) % 64);
    lock.unlock();
  }
}
const tasks = [spawn(mix, 3), spawn(mix, 7), spawn(mix, 11)];
for (const task of tasks) await task;
shared.sort((a, b) => a - b);
print(shared.join() === shared.map((_, i) => i).join());
