function gcd(a: number, b: number): number {
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
print(gcd(1071, 462), gcd(17, 5), gcd(1e15, 35), gcd(0, 9));
