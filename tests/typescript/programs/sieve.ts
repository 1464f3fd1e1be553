const limit = 100;
const composite = new Array<boolean>(limit + 1).fill(false);
let primes = '';
for (let i = 2; i <= limit; i++) {
  if (composite[i]) continue;
  primes += `${i} `;
  for (let j = i * i; j <= limit; j += i) composite[j] = true;
}
print(primes);
