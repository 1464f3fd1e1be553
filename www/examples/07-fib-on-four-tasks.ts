// name: fib(30) on four tasks
// description: Four tasks compute the 30th Fibonacci number by recursion; every call polls.
// endless: no

// There is no loop in fib, so calls are its only poll sites. Turn the polls at calls off, press
// GC and see who is late: until fib is through, nothing polls.

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

const tasks = [spawn(fib, 30), spawn(fib, 30), spawn(fib, 30), spawn(fib, 30)];
for (const task of tasks) print(await task);
