/** Bundles and serves the page that measures: built as the product is, with the same headers. */
import path from 'node:path';
import { root } from '../scripts/paths.mjs';

/** @returns {Promise<{ address: string, close: () => Promise<void> }>} */
export async function serveBench() {
  const vite = await import('vite');
  const config = {
    configFile: path.join(root, 'vite.config.js'),
    root: path.join(root, 'bench/page'),
    logLevel: /** @type {const} */ ('warn'),
    build: { outDir: path.join(root, '.cache/bench') },
    preview: { port: 0, host: '127.0.0.1' },
  };
  await vite.build(config);
  const server = await vite.preview(config);
  return { address: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}
