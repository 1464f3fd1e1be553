/** Methods of arrays: the array is the first parameter. */
function map<T, U>(list: T[], f: (one: T, index: number, list: T[]) => U): U[] {
  const made: U[] = [];
  const length = list.length;
  for (let at = 0; at < length; at++) {
    if (at >= list.length) throw 'map: the array became shorter meanwhile';
    made.push(f(list[at], at, list));
  }
  return made;
}

function filter<T, U>(list: T[], f: (one: T, index: number, list: T[]) => U): T[] {
  const kept: T[] = [];
  const length = list.length;
  for (let at = 0; at < length && at < list.length; at++) {
    const one = list[at];
    if (f(one, at, list)) kept.push(one);
  }
  return kept;
}

function forEach<T, U>(list: T[], f: (one: T, index: number, list: T[]) => U): void {
  const length = list.length;
  for (let at = 0; at < length && at < list.length; at++) f(list[at], at, list);
}

function some<T, U>(list: T[], f: (one: T, index: number, list: T[]) => U): boolean {
  const length = list.length;
  for (let at = 0; at < length && at < list.length; at++) {
    if (f(list[at], at, list)) return true;
  }
  return false;
}

function every<T, U>(list: T[], f: (one: T, index: number, list: T[]) => U): boolean {
  const length = list.length;
  for (let at = 0; at < length && at < list.length; at++) {
    if (!f(list[at], at, list)) return false;
  }
  return true;
}

function find<T, U>(list: T[], f: (one: T, index: number, list: T[]) => U): T | undefined {
  const length = list.length;
  for (let at = 0; at < length; at++) {
    const one = list[at];
    if (f(one, at, list)) return one;
  }
  return undefined;
}

function findIndex<T, U>(list: T[], f: (one: T, index: number, list: T[]) => U): number {
  const length = list.length;
  for (let at = 0; at < length; at++) {
    if (f(list[at], at, list)) return at;
  }
  return -1;
}

function reduce<T, U>(list: T[], f: (sum: U, one: T, index: number, list: T[]) => U, first: U): U {
  const length = list.length;
  let sum = first;
  for (let at = 0; at < length && at < list.length; at++) sum = f(sum, list[at], at, list);
  return sum;
}

function slice<T>(list: T[], from?: number, to?: number): T[] {
  const length = list.length;
  let begin = from === undefined || from !== from ? 0 : Math.trunc(from);
  let end = to === undefined ? length : to !== to ? 0 : Math.trunc(to);
  if (begin < 0) begin = begin + length < 0 ? 0 : begin + length;
  if (end < 0) end += length;
  if (end > length) end = length;
  const part: T[] = [];
  for (let at = begin; at < end; at++) part.push(list[at]);
  return part;
}

function splice<T>(list: T[], from: number, count?: number, one?: T): T[] {
  const length = list.length;
  let begin = from !== from ? 0 : Math.trunc(from);
  if (begin < 0) begin = begin + length < 0 ? 0 : begin + length;
  if (begin > length) begin = length;
  let removed = count === undefined ? length - begin : count !== count ? 0 : Math.trunc(count);
  if (removed < 0) removed = 0;
  if (removed > length - begin) removed = length - begin;
  const part: T[] = [];
  for (let at = 0; at < removed; at++) part.push(list[begin + at]);
  if (one === undefined) {
    for (let at = begin; at + removed < length; at++) list[at] = list[at + removed];
    for (let at = 0; at < removed; at++) list.pop();
  } else if (removed > 0) {
    list[begin] = one;
    for (let at = begin + 1; at + removed - 1 < length; at++) list[at] = list[at + removed - 1];
    for (let at = 1; at < removed; at++) list.pop();
  } else {
    list.push(one);
    for (let at = length; at > begin; at--) list[at] = list[at - 1];
    list[begin] = one;
  }
  return part;
}

function concat<T>(list: T[], other: T[]): T[] {
  const both: T[] = [];
  const a = list.length;
  const b = other.length;
  for (let at = 0; at < a; at++) both.push(list[at]);
  for (let at = 0; at < b; at++) both.push(other[at]);
  return both;
}

function indexOf<T>(list: T[], wanted: T): number {
  const length = list.length;
  for (let at = 0; at < length; at++) {
    if (list[at] === wanted) return at;
  }
  return -1;
}

function lastIndexOf<T>(list: T[], wanted: T): number {
  for (let at = list.length - 1; at >= 0; at--) {
    if (list[at] === wanted) return at;
  }
  return -1;
}

function includes<T>(list: T[], wanted: T): boolean {
  const length = list.length;
  for (let at = 0; at < length; at++) {
    const one = list[at];
    if (one === wanted || (one !== one && wanted !== wanted)) return true;
  }
  return false;
}

function join<T>(list: T[], between?: string): string {
  let text = '';
  let part = '';
  const length = list.length;
  for (let at = 0; at < length; at++) {
    if (at > 0) part += between === undefined ? ',' : between;
    const one = list[at];
    if (one !== undefined && one !== null) part += String(one);
    if ((at & 255) === 255) {
      text += part;
      part = '';
    }
  }
  return text + part;
}

function reverse<T>(list: T[]): T[] {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const one = list[low];
    list[low++] = list[high];
    list[high--] = one;
  }
  return list;
}

function shift<T>(list: T[]): T | undefined {
  const first = list[0];
  const last = list.length - 1;
  for (let at = 0; at < last; at++) list[at] = list[at + 1];
  list.pop();
  return first;
}

function unshift<T>(list: T[], first: T): number {
  list.push(first);
  for (let at = list.length - 1; at > 0; at--) list[at] = list[at - 1];
  list[0] = first;
  return list.length;
}

function at<T>(list: T[], index: number): T | undefined {
  const whole = index !== index ? 0 : Math.trunc(index);
  return list[whole < 0 ? whole + list.length : whole];
}

function from<U>(length: number, f: (none: undefined, index: number) => U): U[] {
  const made: U[] = [];
  for (let at = 0; at < Math.floor(length); at++) made.push(f(undefined, at));
  return made;
}
