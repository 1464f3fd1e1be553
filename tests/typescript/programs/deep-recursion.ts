function depth(n: number): number {
  if (n === 0) return 0;
  return 1 + depth(n - 1);
}
print(depth(5000));
