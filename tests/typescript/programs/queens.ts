function solve(row: number, columns: number, left: number, right: number, size: number): number {
  if (row === size) return 1;
  let count = 0;
  let free = ((1 << size) - 1) & ~(columns | left | right);
  while (free !== 0) {
    const place = free & -free;
    free ^= place;
    count += solve(row + 1, columns | place, (left | place) << 1, (right | place) >> 1, size);
  }
  return count;
}
print(solve(0, 0, 0, 0, 6), solve(0, 0, 0, 0, 7));
