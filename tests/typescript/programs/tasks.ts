async function count(from: number, to: number): Promise<number> {
  let sum = 0;
  for (let i = from; i < to; i++) sum += i;
  return sum;
}
const tasks = [count(0, 100), count(100, 200), count(200, 300)];
let total = 0;
for (const task of tasks) total += await task;
print(total);
