function kind(n: number): string {
  switch (n) {
    case 0:
      return 'zero';
    case 1:
    case 2:
      return 'small';
    default:
      return 'large';
  }
}
for (let i = 0; i < 4; i++) print(kind(i));
const letters = ['b'];
switch (letters[0]) {
  case 'a':
    print('a');
  case 'b':
    print('b');
  case 'c':
    print('falls');
    break;
  case 'd':
    print('d');
}
const numbers = [5];
switch (numbers[0]) {
  default:
    print('default first');
  case 1:
    print('then one');
    break;
  case 2:
    print('two');
}
