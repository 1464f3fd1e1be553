const left = 'ab' + 'c';
const composed = left + '\u00e4';
const decomposed = left + 'a\u0308';
print(left === 'abc', left !== 'abd', left === 'a' + 'bc', left === '');
print(composed === 'abcä', composed === decomposed, decomposed.length - composed.length);
