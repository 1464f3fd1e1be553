// Every turn of a loop has its own variables.
const all: (() => number)[] = [];
for (let i = 0; i < 4; i++) all.push(() => i);
for (const f of all) print(f());

// A change in the body belongs to the turn, and the next one begins with it.
const changed: (() => number)[] = [];
for (let i = 0; i < 6; i++) {
  changed.push(() => i);
  i++;
  changed.push(() => i * 10);
}
for (const f of changed) print(f());

// What the head makes keeps the first variable; what the condition and the step make get their turn's.
const heads: (() => number)[] = [];
for (let i = 0, head = () => i; heads.push(() => i) < 8 && i < 3; heads.push(() => i), i++) {
  heads.push(head);
}
for (const f of heads) print(f());

const words = ['a', 'b', 'c'];
const later: (() => string)[] = [];
for (const word of words) {
  let times = 0;
  later.push(() => {
    times++;
    return word + times;
  });
}
print(later[0](), later[0](), later[1](), later[2](), later[2](), later[2]());

let turn = 0;
const whiles: (() => number)[] = [];
while (turn < 3) {
  const here = turn * turn;
  let there = here;
  whiles.push(() => there++ + here);
  turn++;
  if (turn === 2) continue;
  there += 100;
}
for (const f of whiles) print(f(), f());

function local(): void {
  const inside: (() => number)[] = [];
  outer: for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      inside.push(() => a * 10 + b);
      if (b === a) continue outer;
    }
  }
  let text = '';
  for (const f of inside) text += `${f()} `;
  print(text);
}
local();
