const list = new Array<number>(4);
print(list.length, list[0], list[3], list[4]);
list.fill(2);
list[1]++;
print(list[0], list[1], list[3]);
const flags = new Array(3).fill(false);
flags[1] = true;
print(flags[0], flags[1], flags[2], flags.length);
