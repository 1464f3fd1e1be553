function sort(list: number[], from: number, to: number): void {
  while (from < to) {
    const pivot = list[(from + to) >> 1];
    let low = from;
    let high = to;
    while (low <= high) {
      while (list[low] < pivot) low++;
      while (list[high] > pivot) high--;
      if (low <= high) {
        const one = list[low];
        list[low] = list[high];
        list[high] = one;
        low++;
        high--;
      }
    }
    sort(list, from, high);
    from = low;
  }
}

const list: number[] = [];
let seed = 1;
for (let i = 0; i < 1000000; i++) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 2147483647;
  list.push(seed);
}
sort(list, 0, list.length - 1);
let sum = 0;
for (let i = 0; i < list.length; i += 1000) sum = (sum * 31 + list[i]) % 1000003;
print(sum);
