const size = 2000000;
const composite = new Array<boolean>(size).fill(false);
let primes = 0;
for (let n = 2; n < size; n++) {
  if (composite[n]) continue;
  primes++;
  for (let m = n + n; m < size; m += n) composite[m] = true;
}
print(primes);
