/**
 * Serves the page after the first visit: without a network, and isolated where the host cannot set headers.
 *
 * - What it serves is of one build: it is installed once every file of the build is there and is what the build
 *   made; the page, which names all others, comes from there.
 * - A user who opens the page gets the build that the host has then. Where that is another, it is installed first;
 *   where the host or the installation takes too long, or there is no network, this build is served.
 * - A page that is open stays what it is. Every other file has its content's hash in its name, and those of the
 *   build before and of the one after are kept for it; a reload gives the new build.
 * - The worker of a newer build takes over when a page of that build says that it has all it needs: in Firefox a page
 *   that was opened while another worker took over was sometimes empty.
 * - Nothing else is touched: other pages of the same host, other scopes, what is not read.
 *
 * The build writes it to `sw.js`, with `BUILD` before it (`scripts/service-worker.mjs`).
 */

/**
 * @typedef {object} Build
 * @property {string} version differs when any file does
 * @property {[name: string, integrity: string][]} files all that is served, as `fetch` checks it
 * @property {Record<string, string>} headers of every response
 * @property {number} soon how long a user waits for another build of the host, milliseconds
 */

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
/** This very file, which begins with its build. */
const SELF = 'sw.js';
const BUILD_LINE = /^var BUILD = (.*);$/m;

worker.addEventListener('install', (/** @type {Waiting} */ event) => event.waitUntil(install(build)));
worker.addEventListener('activate', (/** @type {Waiting} */ event) => event.waitUntil(forgetOld()));
worker.addEventListener('fetch', (/** @type {Asked} */ event) => {
  const name = nameOf(event.request);
  if (name === null) return;
  const opens = name === PAGE && event.request.mode === 'navigate';
  event.respondWith(opens ? open(event.request) : answer(name, event.request));
});
worker.addEventListener('message', (/** @type {MessageEvent} */ { data, ports: [port] }) => {
  if (data === 'version') port?.postMessage(build.version);
  // Pages that are open find what they need in the other caches.
  if (data === 'take over') void worker.skipWaiting();
});

/**
 * Fails as a whole when a file is missing or of another build; the next visit tries again. One worker at a time:
 * each file is put once, for a page may be reading it already.
 *
 * @param {Build} wanted
 */
async function install(wanted) {
  await navigator.locks.request(family + wanted.version, () => keep(wanted));
}

/** @param {Build} wanted */
async function keep({ version, files, headers }) {
  const cache = await caches.open(family + version);
  await Promise.all(
    files.map(async ([name, integrity]) => {
      if (await cache.match(root + name)) return;
      // The folder's own address: some hosts redirect from `index.html` to it.
      const address = root + (name === PAGE ? '' : name);
      const response = await fetch(new Request(address, { integrity, cache: 'no-cache' }));
      if (!response.ok) throw new Error(`${address}: the server answered ${response.status}`);
      // With its build's headers, whichever worker serves it.
      await cache.put(root + name, withHeaders(response, headers));
    }),
  );
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
 * The page, of the build that the host has if all of that is here soon.
 *
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function open(request) {
  const late = AbortSignal.timeout(build.soon);
  try {
    const there = await buildOfHost(late);
    if (!there) {
      const other = await fetch(request);
      if (other.ok || other.type === 'opaqueredirect') return other;
    } else if (there.version !== build.version) {
      await Promise.race([install(there), rejectedBy(late)]);
      const page = await (await caches.open(family + there.version)).match(root + PAGE);
      if (page) return page;
    }
  } catch {
    // No network, a slow one, or not all of the build.
  }
  return answer(PAGE, request);
}

/**
 * @param {AbortSignal} late
 * @returns {Promise<Build | null>} null where the host has something else at this address
 */
async function buildOfHost(late) {
  const response = await fetch(root + SELF, { cache: 'no-cache', signal: late });
  const [, line] = (response.ok && BUILD_LINE.exec(await response.text())) || [];
  return line ? JSON.parse(line) : null;
}

/** @param {AbortSignal} late @returns {Promise<never>} */
function rejectedBy(late) {
  return new Promise((_, reject) => {
    late.addEventListener('abort', () => reject(late.reason));
    if (late.aborted) reject(late.reason);
  });
}

/**
 * @param {string} name
 * @param {Request} request
 */
async function answer(name, request) {
  const kept = (await (await caches.open(own)).match(root + name)) ?? (await ofAnother(name));
  return kept ?? withHeaders(await fetch(request), build.headers);
}

/**
 * @param {Response} response
 * @param {Build['headers']} more
 */
function withHeaders({ body, status, statusText, headers: sent }, more) {
  const headers = new Headers(sent);
  for (const [header, value] of Object.entries(more)) headers.set(header, value);
  return new Response(body, { status, statusText, headers });
}

/**
 * @param {string} name
 * @returns {Promise<Response | undefined>} a file of the build before or after, for a page that is of it
 */
async function ofAnother(name) {
  if (!name.startsWith(HASHED)) return undefined;
  for (const cache of await caches.keys()) {
    const kept = cache.startsWith(family) && (await (await caches.open(cache)).match(root + name));
    if (kept) return kept;
  }
  return undefined;
}
