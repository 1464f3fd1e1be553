function filled(size: number, step: number): number[][] {
  const rows: number[][] = [];
  for (let i = 0; i < size; i++) {
    const row: number[] = [];
    for (let j = 0; j < size; j++) row.push(((i * step + j) % 10) + 0.5);
    rows.push(row);
  }
  return rows;
}

const size = 200;
const a = filled(size, 3);
const b = filled(size, 7);
let trace = 0;
for (let i = 0; i < size; i++) {
  const row = a[i];
  for (let j = 0; j < size; j++) {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += row[k] * b[k][j];
    if (i === j) trace += sum;
  }
}
print(trace);
