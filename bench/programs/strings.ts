let length = 0;
for (let i = 0; i < 5000; i++) {
  let text = '';
  for (let j = 0; j < 100; j++) text += 'ab' + j;
  length += text.length;
}
print(length);
