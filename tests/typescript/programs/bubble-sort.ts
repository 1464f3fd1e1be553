const list = [5, 3, 9, 1, 7, 2];
for (let i = 0; i < list.length; i++)
  for (let j = 0; j + 1 < list.length - i; j++)
    if (list[j] > list[j + 1]) {
      const kept = list[j];
      list[j] = list[j + 1];
      list[j + 1] = kept;
    }
let text = '';
for (const value of list) text += value + ' ';
print(text);
