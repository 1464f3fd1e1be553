print(1 / 0, -1 / 0, Infinity + 1, -Infinity - 1, 5 / Infinity, -5 / Infinity, 5 % Infinity);
print(Infinity === 1 / 0, Infinity > 1e308, -Infinity < -1e308, Infinity | 0);
