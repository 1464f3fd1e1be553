function at(n: number): number {
  print('case', n);
  return n;
}
switch (at(2)) {
  case at(1):
    print('one');
    break;
  case at(2):
    print('two');
    break;
  case at(3):
    print('three');
}
