/** Bundles and serves the page that measures: built as the product is, with the same headers. */
import path from 'node:path';
import { relative, root } from '../scripts/paths.mjs';

/**
 * @param {string} engine folder of the wasm module and its glue
 * @returns {Promise<{ address: string, close: () => Promise<void> }>}
 */
export async function serveBench(engine) {
  const vite = await import('vite');
  const config = {
    configFile: path.join(root, 'vite.config.js'),
    root: path.join(root, 'bench/page'),
    logLevel: /** @type {const} */ ('error'),
    build: { outDir: path.join(root, '.cache/bench', path.basename(engine)) },
    preview: { port: 0, host: '127.0.0.1' },
  };
  process.env.SAFEPOINT_PKG = relative(engine);
  await vite.build(config);
  delete process.env.SAFEPOINT_PKG;
  const server = await vite.preview(config);
  return { address: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}
