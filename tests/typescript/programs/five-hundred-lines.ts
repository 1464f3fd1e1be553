// 500 lines of what programs of the lab have: how long it takes to compile them is measured.

/** Part 1: points, a list of them, and what is made of it. */
class Point1 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest1(points: Point1[], least = 1): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 1) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part1(rounds: number): Promise<number> {
  const points: Point1[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point1(round % 7, (round * 1) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest1(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 2: points, a list of them, and what is made of it. */
class Point2 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest2(points: Point2[], least = 2): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 2) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part2(rounds: number): Promise<number> {
  const points: Point2[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point2(round % 7, (round * 2) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest2(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 3: points, a list of them, and what is made of it. */
class Point3 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest3(points: Point3[], least = 3): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 3) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part3(rounds: number): Promise<number> {
  const points: Point3[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point3(round % 7, (round * 3) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest3(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 4: points, a list of them, and what is made of it. */
class Point4 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest4(points: Point4[], least = 4): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 4) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part4(rounds: number): Promise<number> {
  const points: Point4[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point4(round % 7, (round * 4) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest4(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 5: points, a list of them, and what is made of it. */
class Point5 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest5(points: Point5[], least = 5): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 5) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part5(rounds: number): Promise<number> {
  const points: Point5[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point5(round % 7, (round * 5) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest5(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 6: points, a list of them, and what is made of it. */
class Point6 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest6(points: Point6[], least = 6): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 6) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part6(rounds: number): Promise<number> {
  const points: Point6[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point6(round % 7, (round * 6) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest6(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 7: points, a list of them, and what is made of it. */
class Point7 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest7(points: Point7[], least = 7): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 7) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part7(rounds: number): Promise<number> {
  const points: Point7[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point7(round % 7, (round * 7) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest7(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 8: points, a list of them, and what is made of it. */
class Point8 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest8(points: Point8[], least = 8): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 8) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part8(rounds: number): Promise<number> {
  const points: Point8[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point8(round % 7, (round * 8) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest8(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 9: points, a list of them, and what is made of it. */
class Point9 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest9(points: Point9[], least = 9): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 9) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part9(rounds: number): Promise<number> {
  const points: Point9[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point9(round % 7, (round * 9) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest9(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 10: points, a list of them, and what is made of it. */
class Point10 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest10(points: Point10[], least = 10): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 10) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part10(rounds: number): Promise<number> {
  const points: Point10[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point10(round % 7, (round * 10) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest10(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 11: points, a list of them, and what is made of it. */
class Point11 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest11(points: Point11[], least = 11): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 11) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part11(rounds: number): Promise<number> {
  const points: Point11[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point11(round % 7, (round * 11) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest11(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

/** Part 12: points, a list of them, and what is made of it. */
class Point12 {
  x = 0;
  y = 0;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  size(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
function longest12(points: Point12[], least = 12): number {
  let found = least;
  for (let i = 0; i < points.length; i++) {
    const size = points[i].size();
    if (size > found && size !== 12) found = size;
    else if (size < 0) throw new Error(`${size} is no size`);
  }
  return found;
}
async function part12(rounds: number): Promise<number> {
  const points: Point12[] = [];
  let text = '';
  for (let round = 0; round < rounds; round++) {
    points.push(new Point12(round % 7, (round * 12) | 0));
    text += round % 2 === 0 ? 'a' : `${round}`;
  }
  let sum = text.length;
  for (const point of points) sum += point.x - point.y;
  switch (sum % 3) {
    case 0:
      sum++;
      break;
    default:
      sum -= longest12(points);
  }
  while (sum > 1e6) sum /= 2;
  return sum;
}

let all = 0;
all += await part1(10);
all += await part2(20);
all += await part3(30);
all += await part4(40);
print(all);
