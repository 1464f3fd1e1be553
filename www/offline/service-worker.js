/**
 * Serves the page after the first visit: without a network, and isolated where the host cannot set headers.
 *
 * - What it serves is of one build: it is installed once every file of the build is there and is what the build
 *   made; the page, which names all others, comes from there.
 * - A page that is open stays what it is. Every other file has its content's hash in its name, and those of the
 *   build before are kept for it; a reload gives the new build.
 * - Nothing else is touched: other pages of the same host, other scopes, what is not read.
 *
 * The build writes it to `sw.js`, with `BUILD` before it (`scripts/service-worker.mjs`).
 */

/** @import { Build } from '../../scripts/service-worker.mjs' */

const build = /** @type {{ BUILD: Build }} */ (/** @type {unknown} */ (globalThis)).BUILD;
const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (globalThis));

/**
 * The little that is used of a service worker's global object, which TypeScript knows only instead of a page's.
 *
 * @typedef {Event & { waitUntil: (until: Promise<unknown>) => void }} Waiting
 * @typedef {Event & { request: Request, respondWith: (answer: Promise<Response>) => void }} Asked
 * @typedef {object} WorkerScope
 * @property {(name: string, heard: (event: any) => void) => void} addEventListener
 * @property {() => Promise<void>} skipWaiting
 */

/** Where `sw.js` is; all files are below. */
const root = new URL('./', location.href).href;
/** Another lab on the same origin has caches of its own. */
const family = `safepoint-lab ${root} `;
const own = family + build.version;
const PAGE = 'index.html';
/** Names in here tell the content. */
const HASHED = 'assets/';

worker.addEventListener('install', (/** @type {Waiting} */ event) => event.waitUntil(install()));
worker.addEventListener('activate', (/** @type {Waiting} */ event) => event.waitUntil(forgetOld()));
worker.addEventListener('fetch', (/** @type {Asked} */ event) => {
  const name = nameOf(event.request);
  if (name !== null) event.respondWith(answer(name, event.request));
});

/** Fails as a whole when a file is missing or of another build; the browser tries again at the next visit. */
async function install() {
  const cache = await caches.open(own);
  await Promise.all(
    build.files.map(async ([name, integrity]) => {
      // The folder's own address: some hosts redirect from `index.html` to it.
      const address = root + (name === PAGE ? '' : name);
      const response = await fetch(new Request(address, { integrity, cache: 'no-cache' }));
      if (!response.ok) throw new Error(`${address}: the server answered ${response.status}`);
      await cache.put(root + name, response);
    }),
  );
  // Pages that are open find what they need in the older cache: nobody has to be waited for.
  await worker.skipWaiting();
}

/** Keeps this build and the one before, which pages that are open may still be of. */
async function forgetOld() {
  const mine = (await caches.keys()).filter((name) => name.startsWith(family) && name !== own);
  await Promise.all(mine.slice(0, -1).map((name) => caches.delete(name)));
}

/**
 * @param {Request} request
 * @returns {string | null} the file that it asks for; null when it is no business of ours
 */
function nameOf({ method, url }) {
  const address = new URL(url);
  const plain = address.origin + address.pathname;
  if (method !== 'GET' || !plain.startsWith(root)) return null;
  const name = plain.slice(root.length) || PAGE;
  return name.startsWith(HASHED) || build.files.some(([file]) => file === name) ? name : null;
}

/**
 * @param {string} name
 * @param {Request} request
 */
async function answer(name, request) {
  const kept = (await (await caches.open(own)).match(root + name)) ?? (await ofOlder(name));
  const { body, status, statusText, headers: sent } = kept ?? (await fetch(request));
  const headers = new Headers(sent);
  for (const [header, value] of Object.entries(build.headers)) headers.set(header, value);
  return new Response(body, { status, statusText, headers });
}

/**
 * @param {string} name
 * @returns {Promise<Response | undefined>} a file of the build before, for a page that is of it
 */
async function ofOlder(name) {
  if (!name.startsWith(HASHED)) return undefined;
  for (const cache of await caches.keys()) {
    const kept = cache.startsWith(family) && (await (await caches.open(cache)).match(root + name));
    if (kept) return kept;
  }
  return undefined;
}
