// Lists that are read and written in loops, and what changes them meanwhile.

function total(list: number[], turns: number): number {
  let sum = 0;
  for (let i = 0; i < turns; i++) sum += list[i % list.length];
  return sum;
}

// Grows the list that it reads, beyond the room that its array has.
function growing(list: number[], most: number): number {
  let i = 0;
  while (i < list.length) {
    if (list.length < most) list.push(list[i] + 1);
    list[i] = list[i] * 2;
    i++;
  }
  return list[list.length - 1];
}

function append(list: number[], value: number): void {
  list.push(value);
}

function through(list: number[], other: number[], most: number): number {
  let sum = 0;
  for (let i = 0; i < most; i++) {
    append(other, i);
    sum += list[list.length - 1] + other[i];
  }
  return sum;
}

// Shrinks and grows again: an old array is not the list's any more.
function upAndDown(list: number[], rounds: number): string {
  let seen = 0;
  for (let round = 0; round < rounds; round++) {
    while (list.length > 3) seen += list.pop() ?? 0;
    for (let i = 0; i < 40; i++) list.push(round + i);
    for (let i = 0; i < list.length; i++) seen += list[i] * (i % 3);
  }
  return `${seen} ${list.length}`;
}

// What is behind the end is not the list's any more.
function shrinking(list: number[]): number {
  let none = 0;
  for (let i = 0; i < 60; i++) {
    list.pop();
    if (list[i] === undefined) none++;
  }
  return none;
}

// As long as before, in another array.
function roomy(list: number[]): number {
  for (let i = 0; i < 50; i++) {
    list.push(i);
    list.pop();
    list[0] += 1;
  }
  return list[0];
}

// Another list in the same variable.
function exchanged(lists: number[][]): number {
  let sum = 0;
  let list = lists[0];
  for (let i = 0; i < 300; i++) {
    if (i % 70 === 0) list = lists[(i / 70) % lists.length];
    sum += list[i % 5];
    list[i % 5] = sum % 11;
  }
  return sum;
}

function beyond(list: number[], until: number): string {
  let none = 0;
  let sum = 0;
  for (let i = -2; i < until; i++) {
    const value = list[i];
    if (value === undefined) none++;
    else sum += value;
  }
  return `${sum}, ${none} undefined`;
}

function mixed(list: number[], turns: number): string {
  let text = '';
  for (let i = 0; i < turns; i++) {
    const value = list[i % 4];
    list[(i * 7) % 4] = value % 2 === 0 ? value / 4 : value * 3 + 1;
    if (i % 50 === 0) text += `${value} `;
  }
  return text;
}

function swapped(a: number[], b: number[]): string {
  for (let i = 0; i < a.length; i++) {
    for (let j = i; j < b.length; j++) {
      const one = a[i];
      a[i] = b[j];
      b[j] = one;
      if (a === b) continue;
      const first = a;
      a = b;
      b = first;
    }
  }
  return `${a.join(' ')} ${b.join(' ')}`;
}

function nested(rows: number[][]): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    for (let j = 0; j < row.length; j++) {
      for (let k = 0; k < 3; k++) {
        row[j] += rows[(i + k) % rows.length][j];
        sum += row[j] % 13;
      }
    }
    if (i === 2) rows[3] = [1, 2, 3];
  }
  return sum;
}

for (let again = 0; again < 3; again++) {
  print(total([3, 1.5, 2], 5000));
  print(growing([1, 2, 3], 200) % 1000003);
  print(through([1, 2], [], 2000));
  print(upAndDown([1, 2, 3, 4, 5], 60));
  print(
    exchanged([
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
      [0.5, 1, 2, 3, 4],
    ]),
  );
  print(beyond([5, 6, 7], 400));
  print(mixed([1, 2.5, -3, 4], 400));
  print(swapped([1, 2, 3], [4, 5, 6, 7]));
  const same = [1, 2, 3, 4];
  print(swapped(same, same));
  print(
    nested([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
      [10, 11, 12],
      [13, 14, 15],
    ]),
  );
}
