function check(n: number): number {
  if (n > 2) throw new Error(`${n} is too much`);
  return n;
}
for (let i = 0; i < 5; i++) print(check(i));
