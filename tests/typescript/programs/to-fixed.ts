const numbers = [
  0,
  -0,
  1,
  -1,
  1.005,
  1.45,
  2.5,
  -2.5,
  0.5,
  1.5,
  0.1,
  0.2,
  1 / 3,
  2 / 3,
  123.456,
  1e-7,
  5e-324,
];
numbers.push(
  0.000001,
  0.05,
  0.95,
  0.995,
  9.995,
  99.995,
  999999.9999,
  1e20,
  1e21,
  -1e21,
  1e300,
  NaN,
  Infinity,
);
numbers.push(
  -Infinity,
  9007199254740991,
  9007199254740993,
  2 ** 60,
  2 ** 69,
  123456789012345680000,
  4503599627370496.5,
);
numbers.push(-0.0000001, -0.5, -1.45, 8.345, 10.235, 1.255, 1.0049999999999999, 0.1 + 0.2, 1e9, 999999999.5);
for (const one of numbers) {
  print(one.toFixed(), one.toFixed(1), one.toFixed(2), one.toFixed(3), one.toFixed(7), one.toFixed(20));
  print(one.toFixed(100), one.toFixed(2.9), one.toFixed(NaN), one.toFixed(-0.5));
}
let seed = 7;
for (let i = 0; i < 300; i++) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 2147483647;
  let one = seed / 2147483648;
  for (let times = (seed >> 8) % 18; times > 0; times--) one *= 10;
  print(one.toFixed(seed % 5), (-one).toFixed(seed % 12));
}
try {
  print((1).toFixed(101));
} catch (error) {
  print((error as Error).message);
}
