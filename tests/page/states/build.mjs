/** Builds the page of all states into `.cache/states` and serves it: beside the page, of which it is no part. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compiledPrograms } from '../../../scripts/compiled-programs.mjs';
import { cache, pkg, root } from '../../../scripts/paths.mjs';

const here = path.join(root, 'tests/page/states');
/** Each process of the tests has its own. */
const outDir = path.join(cache, `states-${process.env.TEST_PARALLEL_INDEX ?? 0}`);

/** The page's own markup, with another script. */
function markup() {
  const page = readFileSync(path.join(root, 'www/index.html'), 'utf8');
  const script = '<script type="module" src="./main.ts"></script>';
  if (!page.includes(script)) throw new Error('www/index.html has another script: change it here, too');
  return page
    .replace(script, `<script type="module" src="${path.join(here, 'show.ts')}"></script>`)
    .replace('<script vite-ignore src="./first.js"></script>', '');
}

/** @returns {Promise<{ address: string, close: () => Promise<void> }>} */
export async function serveStates() {
  const vite = await import('vite');
  await vite.build({
    configFile: false,
    logLevel: 'warn',
    root: path.join(root, 'www'),
    base: './',
    publicDir: false,
    plugins: [
      compiledPrograms(pkg),
      { name: 'states', transformIndexHtml: { order: 'pre', handler: markup } },
    ],
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', reportCompressedSize: false, minify: false },
  });
  const server = await vite.preview({
    configFile: false,
    logLevel: 'warn',
    root: path.join(root, 'www'),
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const address = server.resolvedUrls?.local[0] ?? '';
  return { address, close: () => server.close() };
}
