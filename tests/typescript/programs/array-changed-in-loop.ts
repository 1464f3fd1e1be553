const list = [1, 2, 3];
for (const value of list) {
  if (value < 6) list.push(value * 2);
  print(value);
}
print(list.length);
