// Each call makes a variable of its own; functions that use the same one see each other's changes.
interface Counter {
  next: () => number;
  back: () => number;
  read(): number;
}

function counter(start: number, step = 1): Counter {
  let count = start;
  return {
    next: () => (count += step),
    back: () => {
      count -= step;
      return count;
    },
    read() {
      return count;
    },
  };
}

const one = counter(0);
const other = counter(10, 5);
print(one.next(), one.next(), one.back(), one.read());
print(other.next(), other.read(), one.read());

function pair(): (() => number)[] {
  let x = 1;
  const y = x + 1;
  x++;
  return [() => x++, () => ++x, () => x * 100 + y];
}
const fs = pair();
print(fs[0](), fs[1](), fs[2](), fs[0](), fs[2]());

// A parameter is a variable, too.
function grow(by: number): (n: number) => number {
  return (n) => {
    by *= 2;
    return n + by;
  };
}
const grown = grow(1);
print(grown(0), grown(0), grown(10), grow(1)(0));

// A variable without a value at first.
let last: string | undefined;
const remember = (text: string): void => {
  last = text;
};
print(last);
remember('now');
print(last);
