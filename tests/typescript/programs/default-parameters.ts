function greet(name = 'world', times: number = 1, end?: string): string {
  let text = '';
  for (let i = 0; i < times; i++) text += `hello ${name} `;
  return text + (end ?? '.');
}
print(greet(), greet('you'), greet('all', 2), greet('x', 1, '!'), greet(undefined, 2));
