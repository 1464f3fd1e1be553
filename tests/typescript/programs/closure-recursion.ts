// Functions inside of others call themselves and each other.
function sums(limit: number): string {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  function isEven(n: number): boolean {
    return n === 0 || isOdd(n - 1);
  }
  function isOdd(n: number): boolean {
    return n !== 0 && isEven(n - 1);
  }
  let text = '';
  for (let n = 0; n < limit; n++) text += `${factorial(n)} ${isEven(n)} ${isOdd(n)}; `;
  return text;
}
print(sums(6));

const fib: (n: number) => number = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
print(fib(15));

function depths(): number {
  let deepest = 0;
  const down = (depth: number): void => {
    if (depth > deepest) deepest = depth;
    if (depth < 50) down(depth + 1);
  };
  down(0);
  return deepest;
}
print(depths());

// Used before the text declares it: a function is there as soon as what it uses is.
function early(): number {
  return twice(4) + 1;
  function twice(n: number): number {
    return n * 2;
  }
}
print(early());

interface Node {
  value: number;
  left: Node | null;
  right: Node | null;
}
function insert(root: Node | null, value: number): Node {
  if (root === null) return { value, left: null, right: null };
  if (value < root.value) root.left = insert(root.left, value);
  else root.right = insert(root.right, value);
  return root;
}
function walk(root: Node | null, visit: (value: number, depth: number) => void): void {
  const go = (node: Node | null, depth: number): void => {
    if (node === null) return;
    go(node.left, depth + 1);
    visit(node.value, depth);
    go(node.right, depth + 1);
  };
  go(root, 0);
}
let root: Node | null = null;
for (const value of [5, 2, 8, 1, 9, 3]) root = insert(root, value);
let line = '';
walk(root, (value, depth) => {
  line += `${value}@${depth} `;
});
print(line);
