function factorial(n: number): number {
  let result = 1;
  for (let i = 2; i <= n; i++) result *= i;
  return result;
}
print(
  factorial(10),
  factorial(12),
  factorial(13),
  factorial(20),
  factorial(25),
  factorial(170),
  factorial(171),
);
