// Loops that end with a sum and a step, which the machine does in one operation where it can.
function sums(limit: number, by: number): string {
  let whole = 0;
  let half = 0.5;
  let mixed = 0;
  let text = '';
  for (let i = 0; i < limit; i++) whole += i;
  for (let i = 0; i < limit; i++) half += half;
  for (let i = 0; i < limit; i++) mixed += i * 0.5;
  for (let i = 0; i < limit; i += by) text += i;
  for (let i = by; i < limit; i += i) text += `/${i}`;
  return `${whole} ${half} ${mixed} ${text}`;
}
print(sums(7, 2), sums(0, 1), sums(1, 3));

// Out of 32 bits, in the sum and in the counter.
let large = 2147483000;
for (let i = 0; i < 1000; i++) large += i;
print(large);
let turns = 0;
const end = 2147483647;
for (let i = 2147483600; i < end; i += 10) turns += 1;
for (let i = 2147483640; i <= 2147483646; i++) turns += i;
print(turns);
let below = -2147483000;
for (let i = 0; i < 1000; i++) below += -i;
print(below, 1 / below);

// The limit changes, is the sum, or is no integer; the step goes down, or is none.
let reached = 10;
let count = 0;
for (let i = 0; i < reached; i++) {
  if (i === 3) reached = 6;
  count += i;
}
print(count, reached);
let grown = 3;
for (let i = 0; i < grown; i += 2) if (grown < 20) grown += i + 1;
print(grown);
let bound = 5;
for (let i = 0; i < bound; i += 3) bound += 1;
print(bound);
const part = 4.5;
let steps = 0;
for (let i = 0; i < part; i++) steps += i;
for (let i = 0.25; i < part; i++) steps += i;
for (let i = 0; i < 3; i += 0.75) steps += i;
for (let i = 5; i < 8; i += -0.5) {
  steps += i;
  if (i < 3) break;
}
print(steps);

// Within each other, with what goes on with the next turn.
let all = 0;
for (let i = 0; i < 6; i++) {
  let row = 0;
  for (let j = 0; j < 6; j++) {
    if (j === i) continue;
    row += i * j + 0.5;
  }
  if (i % 2 === 1) continue;
  all += row;
}
print(all);
outer: for (let i = 0; i < 4; i++) {
  for (let j = 0; j < 4; j++) {
    if (j > i) continue outer;
    all += j;
  }
}
print(all);
const notANumber = 0 / 0;
let none = 0;
for (let i = 0; i < 3; i++) none += notANumber;
for (let i = 0; i < notANumber; i++) none += 1;
print(none);
