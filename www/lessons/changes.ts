/** Which lines of a text another one has in place of which. */

export interface Change {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/** The longest lines in common stay; texts are short. */
export function changes(before: string, after: string): Change[] {
  const [a, b] = [before, after].map((text) => text.replace(/\n$/, '').split('\n'));
  if (!a || !b) return [];
  /** How many lines are in common from each pair of lines on. */
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const all: Change[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      all.push({ kind: 'same', text: a[i++] ?? '' });
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1)))
      all.push({ kind: 'gone', text: a[i++] ?? '' });
    else all.push({ kind: 'new', text: b[j++] ?? '' });
  }
  return all;
}
