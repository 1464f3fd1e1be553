function work(n: number): string {
  let text = '';
  for (let i = 0; i < n; i++) text += 'x';
  return text;
}
const one = spawn(work, 3);
const other = spawn(work, 5);
print((await one).length + (await other).length);
