const makers: (() => string)[] = [];
for (let i = 0; i < 3; i++) {
  try {
    if (i % 2 === 0) throw new Error(`number ${i}`);
    makers.push(() => `none ${i}`);
  } catch (error) {
    makers.push(() => (error as Error).message + '!');
    error = new Error('changed');
  }
}
for (const make of makers) print(make());

const safely = (f: () => number, or: number): number => {
  try {
    return f();
  } catch {
    return or;
  }
};
print(
  safely(() => 1, 2),
  safely(() => {
    throw new Error('x');
  }, 3),
);

class Box {
  value = 0;
  set(value: number): void {
    if (value < 0) throw new RangeError('less than 0');
    this.value = value;
  }
}
const box = new Box();
let tried = 0;
for (const value of [1, -1, 2]) {
  try {
    box.set(value);
  } catch (error) {
    print((error as Error).message, box.value);
  } finally {
    const seen = () => (tried += 1);
    seen();
  }
}
print(box.value, tried);
