function f(x: number): number {
  {
    const x = 5;
    if (x > 3) return x;
  }
  return x;
}
print(f(1));
function g(i: number): number {
  for (let i = 0; i < 3; i++) print(i);
  return i;
}
print(g(9));
