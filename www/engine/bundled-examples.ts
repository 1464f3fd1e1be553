/** The examples as the bundler puts them into the page: their texts, and each compiled in a file of its own. */

import { parseExamples } from './examples.ts';
import { ship } from './shipped.ts';
import type { Compiled } from './shipped.ts';

/** Their texts by path. */
export const bundledFiles = import.meta.glob<string>(['../examples/*.{sasm,ts}', '!../examples/*.d.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

ship(
  bundledFiles,
  import.meta.glob<Compiled>(['../examples/*.{sasm,ts}', '!../examples/*.d.ts'], {
    query: '?compiled',
    import: 'default',
  }),
);

export const bundledExamples = () => parseExamples(bundledFiles);
