/** The examples as the bundler puts them into the page. */

import { parseExamples } from './examples.ts';

/** Their texts by path. */
export const bundledFiles = import.meta.glob<string>(['../examples/*.{sasm,ts}', '!../examples/*.d.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

export const bundledExamples = () => parseExamples(bundledFiles);
