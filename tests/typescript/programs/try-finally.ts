let log = '';
function note(text: string): void {
  log += text + ' ';
}
function show(): void {
  print(log);
  log = '';
}

function ways(how: number): number {
  try {
    note('try');
    if (how === 1) return 10;
    if (how === 2) throw new Error('thrown');
    note('end');
  } catch (error) {
    note((error as Error).message);
    if (how === 2) return 20;
  } finally {
    note('finally');
  }
  return 30;
}
for (let how = 0; how < 3; how++) {
  note(`${ways(how)}`);
  show();
}

// The result is there before what is done finally changes its variable.
function before(): number {
  let x = 1;
  try {
    return x;
  } finally {
    x = 2;
    note(`x ${x}`);
  }
}
print(before());
show();

// A return in it replaces everything.
function replaces(fails: boolean): number {
  try {
    if (fails) throw new Error('lost');
    return 1;
  } finally {
    return 2;
  }
}
print(replaces(false), replaces(true));

// break and continue leave it, labelled or not.
rows: for (let row = 0; row < 4; row++) {
  for (let column = 0; column < 4; column++) {
    try {
      if (column === 1) continue;
      if (row === 1) continue rows;
      if (row === 3) break rows;
      if (column === 3) break;
      note(`${row}${column}`);
    } finally {
      note('f');
    }
  }
}
show();

// Without a catch it goes on to the next one.
function passes(): void {
  try {
    throw new Error('passes');
  } finally {
    note('on the way');
  }
}
try {
  passes();
} catch (error) {
  note((error as Error).message);
}
show();

// Nested: the inner one first.
function nested(how: number): string {
  try {
    try {
      if (how === 0) return 'returned';
      throw new Error('inner');
    } finally {
      note('first');
    }
  } catch (error) {
    return (error as Error).message;
  } finally {
    note('second');
  }
}
print(nested(0), nested(1));
show();

// What is thrown in catch and in finally.
try {
  try {
    throw new Error('one');
  } catch (error) {
    throw new Error((error as Error).message + ' two');
  } finally {
    note('between');
  }
} catch (error) {
  note((error as Error).message);
}
try {
  try {
    throw new Error('lost');
  } finally {
    throw new Error('wins');
  }
} catch (error) {
  note((error as Error).message);
}
show();

// Names inside of it are not those of finally.
let word = 'outer';
for (let i = 0; i < 2; i++) {
  try {
    let word = 'inner';
    word += i;
    if (i === 1) break;
    note(word);
  } finally {
    note(word);
    word += '!';
  }
}
print(word);
show();

// In a loop over an array, which has values of its own on the way.
for (const one of [1, 2, 3, 4]) {
  try {
    if (one === 2) continue;
    if (one === 4) break;
    if (one === 3) throw new Error('three');
    note(`${one}`);
  } catch (error) {
    note((error as Error).message);
    continue;
  } finally {
    note('f');
  }
  note('end');
}
show();

// In a switch, and a loop inside of finally that breaks.
function sorts(n: number): void {
  switch (n) {
    case 0:
      try {
        note('zero');
        break;
      } finally {
        for (let i = 0; i < 5; i++) {
          if (i === 2) break;
          note(`${i}`);
        }
      }
    default:
      note('default');
  }
}
sorts(0);
sorts(1);
show();

try {
  throw new Error('at last');
} finally {
  print('bye');
}
