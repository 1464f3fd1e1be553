// Longer than the parts that they are made of.
const numbers: number[] = [];
for (let i = 0; i < 5000; i++) numbers.push(i);
const text = numbers.join(' ');
print(text.length, text.slice(-20), text.substring(1000, 1600));
print(
  'ab'.repeat(700).length,
  'ab'.repeat(0) === '',
  'ab'.repeat(3),
  'x'.repeat(1025).slice(1020).toUpperCase(),
);
print(
  'Hello '.repeat(200).toUpperCase() === 'HELLO '.repeat(200),
  text.toLowerCase() === text,
  text.slice(0).length,
);
