/** The examples as the bundler puts them into the page. */

import { parseExamples } from './examples.js';

/** Their texts by path. */
export const bundledFiles = /** @type {Record<string, string>} */ (
  import.meta.glob('../examples/*.sasm', { query: '?raw', import: 'default', eager: true })
);

export const bundledExamples = () => parseExamples(bundledFiles);
