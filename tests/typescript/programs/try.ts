function half(n: number): number {
  if (n % 2 !== 0) throw new Error(`${n} is odd`);
  return n / 2;
}

function deep(n: number): number {
  return n === 0 ? half(7) : deep(n - 1) + 1;
}

for (let i = 0; i < 4; i++) {
  try {
    print('half of', i, 'is', half(i));
  } catch (error) {
    print('no:', (error as Error).message);
  }
}

try {
  print(deep(50));
} catch (error) {
  if (error instanceof Error) print('deep:', error.message);
}

// Without the error; nothing thrown; an empty message.
try {
  half(3);
} catch {
  print('caught');
}
try {
  print('quiet');
} catch {
  print('never');
}
try {
  throw new Error();
} catch (error) {
  print('[' + (error as Error).message + ']', error instanceof Error);
}
try {
  throw new RangeError('out');
} catch (error) {
  print((error as Error).message);
}

// What was stored before it was thrown is there, and operands are gone.
let counted = 0;
function count(to: number): number {
  let seen = 0;
  try {
    for (;;) {
      seen++;
      counted += seen + (seen === to ? half(seen * 2 + 1) : 0);
    }
  } catch {
    return seen;
  }
}
print(count(5), counted);

// One inside of another one, thrown again.
function outer(n: number): string {
  try {
    try {
      return `half ${half(n)}`;
    } catch (error) {
      if (n > 2) throw error;
      return 'inner';
    }
  } catch (error) {
    return 'outer ' + (error as Error).message;
  }
}
print(outer(4), outer(1), outer(5));

// As a value.
const made: Error = new Error('made before');
const errors: Error[] = [made, new TypeError('second')];
print(errors.length, errors[1].message);
try {
  throw made;
} catch (error) {
  print((error as Error).message);
}

// A stop and a collection in the middle.
let kept = '';
for (let i = 0; i < 3; i++) {
  try {
    collect();
    half(i * 2 + 1);
  } catch (error) {
    collect();
    kept += (error as Error).message + ';';
  }
}
print(kept);
half(9);
