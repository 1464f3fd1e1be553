class Node {
  value: number;
  next: Node | null = null;
  constructor(value: number) {
    this.value = value;
  }
}

let last: Node | null = null;
for (let i = 0; i < 1000000; i++) last = new Node(i);
print(last === null ? 0 : last.value);
