type Id = number;
type Pair = { left: Id; right: Id };
type Names = string[];
type Color = 'red' | 'green';
const pair: Pair = { left: 1, right: 2 };
const names: Names = ['a', 'b'];
const color: Color = 'green';
print(pair.left + pair.right, names[1], color === 'green');
