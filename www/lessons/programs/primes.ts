// name: Primes

// Four tasks look for primes by division: each turn of the inner loop multiplies, divides, and polls.
async function primes(task: number): Promise<void> {
  for (let rounds = 1; ; rounds++) {
    let found = 0;
    for (let n = 3; n < 40000; n += 2) {
      let divisor = 3;
      while (divisor * divisor <= n && n % divisor !== 0) divisor += 2;
      if (divisor * divisor > n) found++;
    }
    print(`task ${task}: ${rounds} times ${found} primes`);
  }
}

primes(1);
primes(2);
primes(3);
primes(4);
