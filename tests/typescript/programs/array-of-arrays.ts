const grid: number[][] = [];
for (let y = 0; y < 3; y++) {
  const row: number[] = [];
  for (let x = 0; x < 3; x++) row.push(x * y);
  grid.push(row);
}
let text = '';
for (const row of grid) for (const cell of row) text += `${cell} `;
print(text, grid[2][2], grid.length);
grid[1][1] += 5;
print(grid[1][1], grid[1] === grid[1], grid[0] === grid[1]);
