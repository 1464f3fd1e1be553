function say(what: string, result: boolean): boolean {
  print(what);
  return result;
}
if (say('a', false) && say('b', true)) print('both');
if (say('c', true) || say('d', true)) print('one');
if (!(say('e', false) || say('f', false)) && say('g', true)) print('none of two');
const numbers = [0, 3];
for (const n of numbers) print(n || 5, n && 5);
const texts = ['', 'y'];
for (const t of texts) print(t || 'x', t && 'z');
