const list = [4, 1, 3, 2];
print(
  list.map((x) => x * 2).join(),
  list.map((x, at) => `${at}:${x}`).join(' '),
  list.map((x, at, all) => all.length - at + x).join(),
);
print(list.filter((x) => x % 2).join(), list.filter((_, at) => at > 1).join());
print(
  list.some((x) => x > 3),
  list.some((x) => x > 4),
  list.every((x) => x > 0),
  list.every((x) => x > 1),
);
print(
  list.find((x) => x < 3),
  list.find((x) => x > 9),
  list.findIndex((x) => x === 3),
  list.findIndex(() => false),
);
print(
  list.reduce((sum, x) => sum + x, 0),
  list.reduce((text, x) => text + x, ''),
);
let seen = '';
list.forEach((x, at) => {
  seen += `${at}=${x} `;
});
list.forEach((x) => (seen += x));
print(seen);
interface Person {
  name: string;
  age: number;
}
const people: Person[] = [
  { name: 'Ann', age: 30 },
  { name: 'Bob', age: 5 },
];
print(
  people.map((one) => one.name).join(),
  people.filter((one) => one.age > 10).length,
  people.find((one) => one.age < 10)?.name,
);
const total = people.reduce((sum, one) => sum + one.age, 0);
print(total, people.reduce((oldest, one) => (one.age > oldest.age ? one : oldest), people[0]).name);

// A function of the program, and one from a variable.
function half(x: number): number {
  return x / 2;
}
const isSmall = (x: number): boolean => x < 3;
print(list.map(half).join(), list.filter(isSmall).map(half).join(' '));

// The array changes meanwhile: what is there at first counts.
const growing = [1, 2, 3];
growing.forEach((x) => {
  if (growing.length < 10) growing.push(x * 10);
});
print(growing.join());
const shrinking = [1, 2, 3, 4];
let visited = 0;
shrinking.forEach(() => {
  visited++;
  shrinking.pop();
});
print(visited, shrinking.join());
print(
  [1, 2, 3]
    .filter((x, at, all) => {
      all[2] = 10;
      return x > 1;
    })
    .join(),
);

// In each other, and with what they capture.
const lines: string[] = [];
[1, 2].forEach((a) => {
  [3, 4].forEach((b) => {
    lines.push(
      `${a}${b}${list
        .filter((x) => x > a)
        .map((x) => x * b)
        .join('/')}`,
    );
  });
});
print(lines.join(' '));
print([[1, 2], [3]].map((inner) => inner.reduce((sum, x) => sum + x, 0)).join());
