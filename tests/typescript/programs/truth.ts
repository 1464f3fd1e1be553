const texts = ['', 'a'];
const numbers = [0, -0, 1, 0 / 0];
for (const text of texts) print(text ? 'yes' : 'no');
for (const number of numbers) print(number ? 'yes' : 'no');
const none: string | null = texts[5] ? 'x' : null;
print(none ? 'yes' : 'no', !none, !numbers[0], !texts[0], !texts[1], !!numbers[2]);
