const text = 'hello wörld €';
const edges = [0, 1, 3, -1, -3, 12, 13, 14, 100, -100, 2.9, -2.9, NaN, Infinity, -Infinity];
for (const from of edges) {
  print(from, text.slice(from), text.substring(from), `[${text.charAt(from)}]`);
  for (const to of edges) print(text.slice(from, to), '|', text.substring(from, to));
}
const words = ['', 'h', 'o', 'lo', 'wör', 'x', ' €', '€', text, text + 'x', 'oo'];
for (const word of words) {
  print(word, text.indexOf(word), text.includes(word), text.startsWith(word), text.endsWith(word));
  for (const from of edges) print(text.indexOf(word, from));
  if (word !== '') print(text.split(word).join('|'), text.split(word).length);
}
print('a,b,,c,'.split(',').length, ','.split(',').length, ''.split(',').length, 'aaa'.split('aa').join('-'));
print('ab'.repeat(0), 'ab'.repeat(2.9), 'ab'.repeat(-0.5) === '', 'x'.repeat(5));
print(
  '7'.padStart(3, '0'),
  '7'.padStart(3),
  'abc'.padStart(2),
  '7'.padEnd(6, 'xyz'),
  '1'.padStart(3, '') + '!',
);
print(`[${' \t\n a b \u00a0\u2003\ufeff'.trim()}]`, `[${'   '.trim()}]`, 'x'.trim());
print('a😀b'.indexOf('b'), 'a😀b'.includes('😀'), 'a😀b'.startsWith('a😀'), '😀'.slice(2) === '');
// Not -0.
console.log('ab'.indexOf('', -0), 'ab'.indexOf('a', -0), 'ab'.indexOf('a', -0.5));
