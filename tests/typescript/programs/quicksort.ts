function sort(list: number[], low: number, high: number): void {
  if (low >= high) return;
  const pivot = list[Math.floor((low + high) / 2)];
  let i = low;
  let j = high;
  while (i <= j) {
    while (list[i] < pivot) i++;
    while (list[j] > pivot) j--;
    if (i <= j) {
      const kept = list[i];
      list[i++] = list[j];
      list[j--] = kept;
    }
  }
  sort(list, low, j);
  sort(list, i, high);
}
const list: number[] = [];
let seed = 42;
for (let i = 0; i < 200; i++) {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  list.push(seed % 1000);
}
sort(list, 0, list.length - 1);
let sorted = true;
for (let i = 1; i < list.length; i++) if (list[i - 1] > list[i]) sorted = false;
print(sorted, list[0], list[100], list[199]);
