const text = 'abc';
print(
  text.charCodeAt(1.9),
  text.charCodeAt(-0.5),
  text.charCodeAt(NaN),
  text.charCodeAt(-1),
  text.charCodeAt(3),
);
print(text.charCodeAt(Infinity), text.charCodeAt(1e10), text[1.9], text[-0]);
