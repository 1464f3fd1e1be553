function nothing(): void {
  print('called');
}
nothing();
function early(n: number): void {
  if (n > 0) return;
  print('not positive');
}
early(1);
early(0);
