// Every pair of these, to the last digit.
const edges = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  -2,
  3,
  -3,
  10,
  0.1,
  1e-7,
  1 / 3,
  1.5,
  1e21,
  1e300,
  -1e300,
  5e-324,
  1e-310,
];
edges.push(
  NaN,
  Infinity,
  -Infinity,
  1024,
  1023,
  -1074,
  -1075,
  -1076,
  31,
  2147483648,
  2147483649,
  9007199254740991,
);
edges.push(
  1e19,
  -1e19,
  2e19,
  1.0000000001,
  0.9999999999,
  -0.9999999999,
  1.0000019,
  1.7976931348623157e308,
  1e-5,
);
for (const base of edges) {
  let line = '';
  for (const exponent of edges) line += `${base ** exponent} `;
  print(base, line);
}

// Results at both ends of what a float can be.
for (let n = -330; n <= 310; n++) print(10 ** n, 2 ** (3.3 * n), (-1.1) ** (n * 23), 0.9 ** (n * 21.5));

// Many more, as a sum that has every bit of them.
let seed = 1;
function next(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 2147483647;
  return seed / 2147483648;
}
let sum = 0;
for (let i = 0; i < 20000; i++) {
  const base = (next() + 0.5) * 2 ** Math.floor(next() * 20 - 10);
  const whole = Math.floor(next() * 40 - 20);
  let power = i % 3 === 0 ? base ** (next() * 20 - 10) : Math.pow(i % 3 === 1 ? base : -base, whole);
  // Into reach, by powers of two: that loses no bit.
  while (Math.abs(power) > 2) power *= 0.125;
  while (Math.abs(power) < 0.25) power *= 8;
  sum = (sum * 31 + power) % 1024;
}
print(sum);

let n = 3;
n **= 4;
print(n, 2 ** (3 ** 2), (-2) ** 3, 2 ** -1, [2, 3].map((x) => x ** x).join(' '));
