// Types of functions in a program that has none as a value.
function run(f: ((n: number) => number) | null): number {
  return f === null ? -1 : f(1);
}
print(run(null));
