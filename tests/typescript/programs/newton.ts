let x = 2;
for (let i = 0; i < 6; i++) x = x - (x * x - 2) / (2 * x);
print(x, Math.sqrt(2), x === Math.sqrt(2), Math.sqrt(2147483647), Math.sqrt(16));
