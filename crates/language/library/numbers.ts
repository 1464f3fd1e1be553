/** Functions of `Number`. */
function isInteger(x: number): boolean {
  return x - x === 0 && Math.floor(x) === x;
}

function isSafeInteger(x: number): boolean {
  return Math.floor(x) === x && Math.abs(x) <= 9007199254740991;
}

function isFinite(x: number): boolean {
  return x - x === 0;
}

function isNaN(x: number): boolean {
  return x !== x;
}
