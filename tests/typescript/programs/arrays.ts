const list = [3, 1, 2];
print(list.length, list[0], list[2], list[3], list[-1], list[0.5], list[1e10]);
list[1] = 10;
print(list.push(7), list.length, list[3], list.pop(), list.pop(), list.length, list[2]);
const empty: number[] = [];
print(empty.length, empty.pop(), empty.push(1), empty[0]);
