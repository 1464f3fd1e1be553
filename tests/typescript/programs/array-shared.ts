const one = [1, 2, 3];
const other = one;
other[0] = 9;
other.push(4);
print(one[0], one.length, one === other);
