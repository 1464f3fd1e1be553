/** Serves the built page with the headers it needs. */
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * @param {{ port?: number, strictPort?: boolean }} [options] port 0 for any free one
 * @returns {Promise<{ address: string, close: () => Promise<void> }>}
 */
export async function servePage({ port = 4173, strictPort = false } = {}) {
  const vite = await import('vite');
  const server = await vite.preview({
    configFile: path.join(root, 'vite.config.js'),
    logLevel: 'warn',
    preview: { port, strictPort, host: '127.0.0.1' },
  });
  const address = server.resolvedUrls?.local[0] ?? `http://127.0.0.1:${port}/`;
  return { address, close: () => server.close() };
}
