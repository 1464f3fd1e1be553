// Functions of the top level, arrow functions and functions inside of others are values of one kind.
function add(a: number, b: number): number {
  return a + b;
}
const sub = (a: number, b: number): number => a - b;
type Operator = (a: number, b: number) => number;

function apply(f: Operator, a: number, b: number): number {
  return f(a, b);
}
print(
  apply(add, 2, 3),
  apply(sub, 2, 3),
  apply((a, b) => a * b, 2, 3),
  apply((a) => -a, 2, 3),
  apply(() => 7, 1, 1),
);

const table: Operator[] = [add, sub, (a, b) => a / b, Math_max];
function Math_max(a: number, b: number): number {
  return Math.max(a, b);
}
for (let at = 0; at < table.length; at++) print(at, table[at](9, 4));
print(add === table[0], sub === table[0], table[2] === table[2]);
const same = (): number => 1;
const other = (): number => 1;
print(same === same, same === other);

// Fewer parameters, defaults, and results that are not used.
function times(n: number, f: (turn: number) => void): void {
  for (let turn = 0; turn < n; turn++) f(turn);
}
let sum = 0;
times(4, (turn) => (sum += turn));
times(2, () => {
  sum += 100;
});
print(sum);
const greet = (name = 'you', mark?: string): string => 'hello ' + name + (mark ?? '.');
const greetings: ((name?: string) => string)[] = [greet, () => 'nothing'];
print(greetings[0](), greetings[0]('me'), greetings[1]('me'), greet('her', '!'));

// Functions that give functions.
const compose =
  (f: (n: number) => number, g: (n: number) => number): ((n: number) => number) =>
  (n) =>
    f(g(n));
const inc = (n: number): number => n + 1;
const double = (n: number): number => n * 2;
print(compose(inc, double)(5), compose(double, inc)(5), compose(compose(inc, inc), double)(1));
print(((n: number) => n * n)(12));

// A value that may be none.
let handler: ((text: string) => string) | null = null;
print(handler === null, handler ? 'some' : 'none');
handler = (text) => `<${text}>`;
print(handler('x'), handler === null);
handler = null;

// In the fields of objects and classes.
class Button {
  label: string;
  press: (times: number) => string;
  constructor(label: string, press: (times: number) => string) {
    this.label = label;
    this.press = press;
  }
  click(): string {
    const text = () => this.label + this.press(2);
    return text();
  }
}
const button = new Button('ok', (times) => '!'.repeat(times));
print(button.click(), button.press(3));
button.press = () => '?';
print(button.click());

// The value that is called comes before the arguments.
let current: Operator = add;
const swap = (): number => {
  current = sub;
  return 10;
};
print(current(swap(), 1), current(swap(), 1));
