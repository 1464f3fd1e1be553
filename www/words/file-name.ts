/** Names of files say what is in them, in characters that every file system takes. */

/** Of a program's name. */
const LONGEST = 40;

/** `parallel-sum_pause-3_4-workers_2026-03-01_14-05-33.snapshot` */
export function snapshotName(
  { program, pause, workers }: { program: string; pause: number; workers: number },
  made: Date,
) {
  const two = (n: number) => String(n).padStart(2, '0');
  const date = [made.getFullYear(), two(made.getMonth() + 1), two(made.getDate())].join('-');
  const time = [made.getHours(), made.getMinutes(), made.getSeconds()].map(two).join('-');
  const of = `pause-${pause}_${workers}-worker${workers === 1 ? '' : 's'}`;
  return `${fileStem(program)}_${of}_${date}_${time}.snapshot`;
}

/** Small letters without accents, and digits; whatever else there is becomes one hyphen. */
export function fileStem(name: string) {
  const letters = name.normalize('NFKD').replace(/\p{Mark}/gu, '');
  const words = letters.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, LONGEST).replace(/-$/, '') || 'program';
}
