function multiply(a: number[][], b: number[][]): number[][] {
  const result: number[][] = [];
  for (let i = 0; i < a.length; i++) {
    const row: number[] = [];
    for (let j = 0; j < b[0].length; j++) {
      let sum = 0;
      for (let k = 0; k < b.length; k++) sum += a[i][k] * b[k][j];
      row.push(sum);
    }
    result.push(row);
  }
  return result;
}
const product = multiply(
  [
    [1, 2],
    [3, 4],
  ],
  [
    [0.5, -1],
    [2, 1e9],
  ],
);
print(product[0][0], product[0][1], product[1][0], product[1][1]);
