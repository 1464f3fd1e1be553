function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
print(fib(15));
function isEven(n: number): boolean {
  return n === 0 ? true : isOdd(n - 1);
}
function isOdd(n: number): boolean {
  return n === 0 ? false : isEven(n - 1);
}
print(isEven(20), isOdd(20));
