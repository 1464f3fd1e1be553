/** `sort` as V8 does it (third_party/v8/builtins/array-sort.tq, after Python's listsort): it compares the same elements in the same order. */
function sortCopy<T>(from: T[], at: number, to: T[], target: number, count: number): void {
  if (target > at) {
    for (let one = count - 1; one >= 0; one--) to[target + one] = from[at + one];
  } else {
    for (let one = 0; one < count; one++) to[target + one] = from[at + one];
  }
}

function sortRun<T>(work: T[], low: number, high: number, f: (a: T, b: T) => number): number {
  if (low + 1 === high) return 1;
  let length = 2;
  let before = work[low + 1];
  const isFalling = f(before, work[low]) < 0;
  for (let at = low + 2; at < high; at++) {
    const order = f(work[at], before);
    if (isFalling ? !(order < 0) : order < 0) break;
    before = work[at];
    length++;
  }
  if (isFalling) {
    let left = low;
    let right = low + length - 1;
    while (left < right) {
      const one = work[left];
      work[left++] = work[right];
      work[right--] = one;
    }
  }
  return length;
}

function sortInsert<T>(
  work: T[],
  low: number,
  sorted: number,
  high: number,
  f: (a: T, b: T) => number,
): void {
  for (let start = sorted; start < high; start++) {
    const pivot = work[start];
    let left = low;
    let right = start;
    while (left < right) {
      const middle = left + ((right - left) >> 1);
      if (f(pivot, work[middle]) < 0) right = middle;
      else left = middle + 1;
    }
    for (let at = start; at > left; at--) work[at] = work[at - 1];
    work[left] = pivot;
  }
}

function sortLeft<T>(
  list: T[],
  key: T,
  base: number,
  length: number,
  hint: number,
  f: (a: T, b: T) => number,
): number {
  let last = 0;
  let offset = 1;
  if (f(list[base + hint], key) < 0) {
    const most = length - hint;
    while (offset < most) {
      if (!(f(list[base + hint + offset], key) < 0)) break;
      last = offset;
      offset = offset * 2 + 1;
    }
    if (offset > most) offset = most;
    last += hint;
    offset += hint;
  } else {
    const most = hint + 1;
    while (offset < most) {
      if (f(list[base + hint - offset], key) < 0) break;
      last = offset;
      offset = offset * 2 + 1;
    }
    if (offset > most) offset = most;
    const before = last;
    last = hint - offset;
    offset = hint - before;
  }
  last++;
  while (last < offset) {
    const middle = last + ((offset - last) >> 1);
    if (f(list[base + middle], key) < 0) last = middle + 1;
    else offset = middle;
  }
  return offset;
}

function sortRight<T>(
  list: T[],
  key: T,
  base: number,
  length: number,
  hint: number,
  f: (a: T, b: T) => number,
): number {
  let last = 0;
  let offset = 1;
  if (f(key, list[base + hint]) < 0) {
    const most = hint + 1;
    while (offset < most) {
      if (!(f(key, list[base + hint - offset]) < 0)) break;
      last = offset;
      offset = offset * 2 + 1;
    }
    if (offset > most) offset = most;
    const before = last;
    last = hint - offset;
    offset = hint - before;
  } else {
    const most = length - hint;
    while (offset < most) {
      if (f(key, list[base + hint + offset]) < 0) break;
      last = offset;
      offset = offset * 2 + 1;
    }
    if (offset > most) offset = most;
    last += hint;
    offset += hint;
  }
  last++;
  while (last < offset) {
    const middle = last + ((offset - last) >> 1);
    if (f(key, list[base + middle]) < 0) offset = middle;
    else last = middle + 1;
  }
  return offset;
}

function sortLow<T>(
  work: T[],
  baseA: number,
  sizeA: number,
  baseB: number,
  sizeB: number,
  state: number[],
  f: (a: T, b: T) => number,
): void {
  const held = work.slice(baseA, baseA + sizeA);
  let left = sizeA;
  let right = sizeB;
  let to = baseA;
  let a = 0;
  let b = baseB;
  let isLast = false;
  work[to++] = work[b++];
  right--;
  if (left === 1) isLast = true;
  merging: while (right > 0 && !isLast) {
    let winsA = 0;
    let winsB = 0;
    while (winsA < state[0] && winsB < state[0]) {
      if (f(work[b], held[a]) < 0) {
        work[to++] = work[b++];
        winsB++;
        winsA = 0;
        if (--right === 0) break merging;
      } else {
        work[to++] = held[a++];
        winsA++;
        winsB = 0;
        if (--left === 1) {
          isLast = true;
          break merging;
        }
      }
    }
    state[0]++;
    do {
      if (state[0] > 1) state[0]--;
      winsA = sortRight(held, work[b], a, left, 0, f);
      if (winsA > 0) {
        sortCopy(held, a, work, to, winsA);
        to += winsA;
        a += winsA;
        left -= winsA;
        if (left === 1) isLast = true;
        if (left <= 1) break merging;
      }
      work[to++] = work[b++];
      if (--right === 0) break merging;
      winsB = sortLeft(work, held[a], b, right, 0, f);
      if (winsB > 0) {
        sortCopy(work, b, work, to, winsB);
        to += winsB;
        b += winsB;
        right -= winsB;
        if (right === 0) break merging;
      }
      work[to++] = held[a++];
      if (--left === 1) {
        isLast = true;
        break merging;
      }
    } while (winsA >= 7 || winsB >= 7);
    state[0]++;
  }
  if (isLast && right > 0) {
    sortCopy(work, b, work, to, right);
    work[to + right] = held[a];
  } else {
    sortCopy(held, a, work, to, left);
  }
}

function sortHigh<T>(
  work: T[],
  baseA: number,
  sizeA: number,
  baseB: number,
  sizeB: number,
  state: number[],
  f: (a: T, b: T) => number,
): void {
  const held = work.slice(baseB, baseB + sizeB);
  let left = sizeA;
  let right = sizeB;
  let to = baseB + sizeB - 1;
  let a = baseA + sizeA - 1;
  let b = sizeB - 1;
  let isLast = false;
  work[to--] = work[a--];
  left--;
  if (right === 1) isLast = true;
  merging: while (left > 0 && !isLast) {
    let winsA = 0;
    let winsB = 0;
    while (winsA < state[0] && winsB < state[0]) {
      if (f(held[b], work[a]) < 0) {
        work[to--] = work[a--];
        winsA++;
        winsB = 0;
        if (--left === 0) break merging;
      } else {
        work[to--] = held[b--];
        winsB++;
        winsA = 0;
        if (--right === 1) {
          isLast = true;
          break merging;
        }
      }
    }
    state[0]++;
    do {
      if (state[0] > 1) state[0]--;
      winsA = left - sortRight(work, held[b], baseA, left, left - 1, f);
      if (winsA > 0) {
        to -= winsA;
        a -= winsA;
        sortCopy(work, a + 1, work, to + 1, winsA);
        left -= winsA;
        if (left === 0) break merging;
      }
      work[to--] = held[b--];
      if (--right === 1) {
        isLast = true;
        break merging;
      }
      winsB = right - sortLeft(held, work[a], 0, right, right - 1, f);
      if (winsB > 0) {
        to -= winsB;
        b -= winsB;
        sortCopy(held, b + 1, work, to + 1, winsB);
        right -= winsB;
        if (right === 1) isLast = true;
        if (right <= 1) break merging;
      }
      work[to--] = work[a--];
      if (--left === 0) break merging;
    } while (winsA >= 7 || winsB >= 7);
    state[0]++;
  }
  if (isLast && left > 0) {
    to -= left;
    a -= left;
    sortCopy(work, a + 1, work, to + 1, left);
    work[to] = held[b];
  } else {
    sortCopy(held, 0, work, to - (right - 1), right);
  }
}

function sortMerge<T>(
  work: T[],
  bases: number[],
  sizes: number[],
  at: number,
  state: number[],
  f: (a: T, b: T) => number,
): void {
  let baseA = bases[at];
  let sizeA = sizes[at];
  const baseB = bases[at + 1];
  let sizeB = sizes[at + 1];
  sizes[at] = sizeA + sizeB;
  if (at === bases.length - 3) {
    bases[at + 1] = bases[at + 2];
    sizes[at + 1] = sizes[at + 2];
  }
  bases.pop();
  sizes.pop();
  const skipped = sortRight(work, work[baseB], baseA, sizeA, 0, f);
  baseA += skipped;
  sizeA -= skipped;
  if (sizeA === 0) return;
  sizeB = sortLeft(work, work[baseA + sizeA - 1], baseB, sizeB, sizeB - 1, f);
  if (sizeB === 0) return;
  if (sizeA <= sizeB) sortLow(work, baseA, sizeA, baseB, sizeB, state, f);
  else sortHigh(work, baseA, sizeA, baseB, sizeB, state, f);
}

function sortHolds(sizes: number[], at: number): boolean {
  return at < 2 || sizes[at - 2] > sizes[at - 1] + sizes[at];
}

function sort<T>(list: T[], f: (a: T, b: T) => number): T[] {
  const work: T[] = [];
  const length = list.length;
  for (let at = 0; at < length; at++) {
    const one = list[at];
    if (one !== undefined) work.push(one);
  }
  const all = work.length;
  let least = all;
  let odd = 0;
  while (least >= 64) {
    odd |= least & 1;
    least >>= 1;
  }
  least += odd;
  const bases: number[] = [];
  const sizes: number[] = [];
  const state = [7];
  let low = all < 2 ? all : 0;
  while (low < all) {
    let size = sortRun(work, low, all, f);
    if (size < least) {
      const forced = least < all - low ? least : all - low;
      sortInsert(work, low, low + size, low + forced, f);
      size = forced;
    }
    bases.push(low);
    sizes.push(size);
    while (bases.length > 1) {
      let at = bases.length - 2;
      if (!sortHolds(sizes, at + 1) || !sortHolds(sizes, at)) {
        if (sizes[at - 1] < sizes[at + 1]) at--;
      } else if (sizes[at] > sizes[at + 1]) {
        break;
      }
      sortMerge(work, bases, sizes, at, state, f);
    }
    low += size;
  }
  while (bases.length > 1) {
    let at = bases.length - 2;
    if (at > 0 && sizes[at - 1] < sizes[at + 1]) at--;
    sortMerge(work, bases, sizes, at, state, f);
  }
  for (let at = 0; at < all; at++) list[at] = work[at];
  for (let at = all; at < length; at++) list[at] = undefined as T;
  return list;
}

function sortByText<T>(list: T[]): T[] {
  let work: T[] = [];
  let texts: string[] = [];
  const length = list.length;
  for (let at = 0; at < length; at++) {
    const one = list[at];
    if (one === undefined) continue;
    work.push(one);
    texts.push(String(one));
  }
  const all = work.length;
  for (let size = 1; size < all; size *= 2) {
    const merged: T[] = [];
    const mergedTexts: string[] = [];
    for (let low = 0; low < all; low += 2 * size) {
      const middle = low + size < all ? low + size : all;
      const high = low + 2 * size < all ? low + 2 * size : all;
      let a = low;
      let b = middle;
      while (a < middle || b < high) {
        const isA = b >= high || (a < middle && texts[a] <= texts[b]);
        const from = isA ? a++ : b++;
        merged.push(work[from]);
        mergedTexts.push(texts[from]);
      }
    }
    work = merged;
    texts = mergedTexts;
  }
  for (let at = 0; at < all; at++) list[at] = work[at];
  for (let at = all; at < length; at++) list[at] = undefined as T;
  return list;
}
