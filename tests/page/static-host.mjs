/** A host as the plainest are: files of a folder under some path, no header but their kind. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const KINDS = /** @type {Record<string, string>} */ ({
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
});

/**
 * @typedef {object} StaticHost
 * @property {string} origin
 * @property {string} address of the page
 * @property {string} folder what it serves; another may be put in its place
 * @property {Record<string, string>} pages others of the same host, by path
 * @property {string[]} asked paths that were asked for
 * @property {(pathname: string) => Promise<void> | void} before what an answer waits for
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} folder
 * @param {string} [under] path of the page, with a slash at both ends
 * @param {Record<string, string>} [pages]
 * @returns {Promise<StaticHost>}
 */
export async function startHost(folder, under = '/', pages = {}) {
  const server = createServer((request, response) => {
    // A test that expects an answer sees why there is none.
    answer(request, response).catch((thrown) => response.writeHead(500).end(String(thrown)));
  });
  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  const answer = async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    host.asked.push(pathname);
    await host.before(pathname);
    const page = host.pages[pathname];
    if (page !== undefined) {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
      return;
    }
    const name = pathname.startsWith(under) ? pathname.slice(under.length) || 'index.html' : null;
    try {
      if (name === null || name.includes('..')) throw new Error('not here');
      const content = await readFile(path.join(host.folder, name));
      response.writeHead(200, { 'Content-Type': KINDS[path.extname(name)] ?? 'application/octet-stream' });
      response.end(content);
    } catch {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
    }
  };
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const bound = server.address();
  const origin = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
  /** @type {StaticHost} */
  const host = {
    origin,
    address: origin + under,
    folder,
    pages,
    asked: [],
    before: () => {},
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return host;
}
