let text = '';
for (let i = 0; i < 10; i++) text += i % 2 === 0 ? String(i) : `(${i})`;
print(text, text.length);
let reversed = '';
for (let i = text.length - 1; i >= 0; i--) reversed += text[i];
print(reversed);
