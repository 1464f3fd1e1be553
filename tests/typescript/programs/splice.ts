// Every way to take out and to put in.
function show(from: number, count: number): void {
  const list = ['a', 'b', 'c', 'd'];
  const removed = list.splice(from, count);
  print(from, count, list.join(), removed.join(), list.length);
  const other = ['a', 'b', 'c', 'd'];
  const gone = other.splice(from, count, 'x');
  print(from, count, other.join(), gone.join(), other.length);
}
const numbers = [-9, -4, -3, -1, 0, 1, 2, 3, 4, 5, 1.9, -1.9, NaN, Infinity, -Infinity];
for (const from of numbers) for (const count of numbers) show(from, count);
for (const from of numbers) {
  const list = [1, 2, 3];
  print(list.splice(from).join(), list.join());
}
