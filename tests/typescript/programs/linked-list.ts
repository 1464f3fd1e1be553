interface Node {
  value: number;
  next: Node | null;
}
let head: Node | null = null;
for (let i = 1; i <= 5; i++) head = { value: i, next: head };
let sum = 0;
let text = '';
for (let node = head; node !== null; node = node.next) {
  sum += node.value;
  text += node.value;
}
print(sum, text);
