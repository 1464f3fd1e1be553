let a = 0;
let b = 0;
a = b = 5;
print(a, b, (a = 7), a);
const list = [1, 2];
print((list[0] = 9), list[0], (list[1] += 3), list[1]);
const o = { n: 1 };
print((o.n = 4), (o.n *= 2), o.n++, o.n, --o.n);
