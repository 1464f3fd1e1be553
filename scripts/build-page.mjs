/** Bundles the page into `dist/`, and says its size. */
import path from 'node:path';
import { sayTransfer } from './budget.mjs';
import { Problem, say, step } from './log.mjs';
import { dist, pkg, root } from './paths.mjs';
import { fingerprint, forget, recall, remember } from './stamps.mjs';

/** Everything the page is made from. */
export const PAGE_INPUTS = [
  'www',
  'docs',
  'vite.config.js',
  'package-lock.json',
  'scripts/headers.mjs',
  'scripts/service-worker.mjs',
  'scripts/compiled-programs.mjs',
  ...['lab-types', 'reference-page', 'docs-pages', 'static-page'].map((name) => `scripts/${name}.mjs`),
];

/** Needs `pkg/`. */
export async function buildPage() {
  const print = fingerprint([...PAGE_INPUTS, pkg]);
  const before = recall('page', print);
  if (before && before.output === fingerprint([dist])) {
    say('page: unchanged');
  } else {
    forget('page');
    const vite = await import('vite');
    await step('page: bundling', async () => {
      try {
        await vite.build({ configFile: path.join(root, 'vite.config.js'), logLevel: 'warn' });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Problem(`The page does not bundle: ${message}`);
      }
    });
    remember('page', print, { output: fingerprint([dist]) });
  }
  sayTransfer();
}
