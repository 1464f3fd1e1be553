print(1 < 2, 2 < 1, 1 <= 1, 1 >= 2, 1 === 1.0, 0.5 > 0.25, -1 < 0, 1e10 > 2147483647, 3 !== 3);
const flags = [true, false];
print(flags[0] === flags[1], flags[0] !== flags[1], null === null, undefined === undefined);
