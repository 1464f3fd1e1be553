/** The famous pauses that come with the page, in the order of their files' numbers. */
import { ship } from '../engine/shipped.ts';
import { readFamous } from './famous.ts';
import type { Compiled } from '../engine/shipped.ts';
import type { Famous } from './famous.ts';

const files = import.meta.glob<string>('../famous/*.md', { query: '?raw', import: 'default', eager: true });
const programs = import.meta.glob<string>('../famous/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});

ship(programs, import.meta.glob<Compiled>('../famous/*.ts', { query: '?compiled', import: 'default' }));

export const FAMOUS: Famous[] = Object.entries(files)
  .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  .map(([path, text]) => {
    const file = path.slice(0, -'.md'.length);
    const before = programs[`${file}-before.ts`];
    // A fault of the page, which a test finds.
    if (before === undefined) throw new Error(`${file} has no program`);
    return readFamous(text, file.replace(/^.*\/\d+-/, ''), before, programs[`${file}-after.ts`] ?? null);
  });
