const list: (number | undefined)[] = [1];
const n = list[0]! + 1;
const m = list[0] as number;
const t = 'x' satisfies string;
print(n, m, t);
