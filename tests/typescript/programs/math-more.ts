const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  -1.5,
  2.5,
  -2.5,
  0.49999999999999994,
  -0.49999999999999994,
  0.5000000000000001,
  -0.5000000000000001,
  2147483647,
  2147483648,
  -2147483648,
  -2147483649,
  4503599627370495.5,
  -4503599627370495.5,
  2251799813685248.5,
  4503599627370497,
  9007199254740991,
  9007199254740992,
  1e21,
  -1e21,
  1e300,
  5e-324,
  -5e-324,
  NaN,
  Infinity,
  -Infinity,
];
for (const x of numbers) {
  console.log(Math.round(x), Math.trunc(x), Math.sign(x), Math.min(x), Math.max(x));
  console.log(
    Number.isInteger(x),
    Number.isSafeInteger(x),
    Number.isFinite(x),
    Number.isNaN(x),
    isNaN(x),
    isFinite(x),
  );
  for (const y of numbers) console.log(Math.min(x, y), Math.max(y, x), Math.imul(x, y));
}
console.log(
  Math.min(),
  Math.max(),
  Math.min(3, 1, 2),
  Math.max(3, 1, 4, 2),
  Math.max(1, NaN, 3),
  Math.min(0, -0, 0),
);
let log = '';
const note = (n: number): number => {
  log += `${n} `;
  return n;
};
print(Math.max(note(1), note(3), note(2)), log);
console.log(Math.E, Math.LN2, Math.LN10, Math.LOG2E, Math.LOG10E, Math.SQRT2, Math.SQRT1_2, Math.PI);
console.log(
  Number.EPSILON,
  Number.MIN_VALUE,
  Number.MAX_VALUE,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  Number.NaN,
);
