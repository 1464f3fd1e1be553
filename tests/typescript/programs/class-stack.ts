class Stack {
  items: string[] = [];
  push(item: string): Stack {
    this.items.push(item);
    return this;
  }
  pop(): string | undefined {
    return this.items.pop();
  }
}
const stack = new Stack().push('a').push('b').push('c');
print(stack.pop(), stack.pop(), stack.pop(), stack.pop(), stack.items.length);
