const list: number[] = [];
for (let i = 0; i < 1000; i++) list.push(i * i);
let sum = 0;
for (const value of list) sum += value;
print(sum, list.length, list[999]);
while (list.length > 990) print(list.pop());
