print('a' + 1 + 2, 1 + 2 + 'a', 'x' + true + null + undefined, `${1 / 3} and ${-0}`);
print(String(1e21), String(true), String(null), String(undefined), (12.5).toString());
