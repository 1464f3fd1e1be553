const zero = 0;
const minus = -zero;
print(minus, 1 / minus, 1 / zero, minus === zero, 0 * -5, 1 / (0 * -5), 1 / (-5 * 0));
print(1 / (minus + minus), 1 / (minus + 0), 1 / (minus - 0), 1 / (0 - 0), 1 / -minus);
print(1 / (-3 % 3), 1 / (3 % -3), 1 / (minus % 5), 1 / (0 / -7), 1 / Math.ceil(-0.5), 1 / Math.floor(-0));
let x = minus;
x++;
print(x, 1 / Math.abs(minus), 1 / (minus | 0));
