let moves = 0;
function hanoi(n: number, from: string, to: string, by: string): void {
  if (n === 0) return;
  hanoi(n - 1, from, by, to);
  moves++;
  if (n > 3) print(n, from, to);
  hanoi(n - 1, by, to, from);
}
hanoi(5, 'a', 'c', 'b');
print(moves);
