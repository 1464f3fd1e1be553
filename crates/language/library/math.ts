/** Functions of `Math`. The machine has the others as instructions. */
function min(a: number, b: number): number {
  if (a < b) return a;
  if (a > b) return b;
  if (a !== b) return NaN;
  return 1 / a < 1 / b ? a : b;
}

function max(a: number, b: number): number {
  if (a > b) return a;
  if (a < b) return b;
  if (a !== b) return NaN;
  return 1 / a > 1 / b ? a : b;
}

function round(x: number): number {
  const below = Math.floor(x);
  const rounded = x - below < 0.5 || x === below ? below : below + 1;
  return rounded === 0 && x < 0 ? -0 : rounded;
}

function trunc(x: number): number {
  return x < 0 ? -Math.floor(-x) : Math.floor(x);
}

function sign(x: number): number {
  return x > 0 ? 1 : x < 0 ? -1 : +x;
}
