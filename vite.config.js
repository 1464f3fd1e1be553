import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compiledPrograms } from './scripts/compiled-programs.mjs';
import { CONTENT_SECURITY_POLICY, ISOLATION } from './scripts/headers.mjs';
import { writeServiceWorker } from './scripts/service-worker.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));

/**
 * wasm-bindgen-rayon starts its workers from the thread that starts the pool. Ours must be started by the page's main
 * thread (a worker that starts workers hangs in Firefox), so its helper is replaced by the engine's.
 *
 * @returns {import('vite').Plugin}
 */
function rayonWorkers() {
  return {
    name: 'rayon-workers',
    enforce: 'pre',
    resolveId(source) {
      const replaced = /\/wasm-bindgen-rayon-[0-9a-f]+\/src\/workerHelpers\.js$/.test(source);
      return replaced ? path.join(root, 'www/engine/rayon-workers.ts') : undefined;
    },
  };
}

/**
 * Takes the wasm module and its glue from the folder SAFEPOINT_PKG instead of `pkg/`: another build of the engine
 * that is to be measured beside it.
 *
 * @returns {import('vite').Plugin}
 */
function otherEngine() {
  const folder = process.env.SAFEPOINT_PKG;
  return {
    name: 'other-engine',
    enforce: 'pre',
    resolveId(source) {
      const [, file] = /\/pkg\/(safepoint_lab.*)$/.exec(source) ?? [];
      return folder && file ? path.join(root, folder, file) : undefined;
    },
  };
}

/**
 * Static hosts send no headers of ours: the built page carries its policy itself.
 *
 * @returns {import('vite').Plugin}
 */
function policyInPage() {
  return {
    name: 'policy-in-page',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * What runs before the bundle is no part of it. Like all that the page loads it has its content in its name: two
 * builds never mix.
 *
 * @returns {import('vite').Plugin}
 */
function plainScript() {
  const plain = 'first.js';
  const source = readFileSync(path.join(root, 'www', plain));
  const fileName = `assets/first-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.js`;
  return {
    name: 'plain-script',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source });
    },
    transformIndexHtml: (html) => html.replace(`"./${plain}"`, `"./${fileName}"`),
  };
}

/**
 * The documents, and the types and the reference for scripts: in the folder and while it is developed.
 *
 * @returns {import('vite').Plugin}
 */
function documents() {
  /** The compiler is large: only who wants it waits for it. */
  const files = async () => {
    const { declarationFile, publicTypes } = await import('./scripts/lab-types.mjs');
    const { referencePage } = await import('./scripts/reference-page.mjs');
    const { docsPages } = await import('./scripts/docs-pages.mjs');
    const types = publicTypes();
    return {
      ...docsPages(),
      ...{ 'lab.d.ts': declarationFile(types), 'reference.html': referencePage(types) },
    };
  };
  return {
    name: 'documents',
    async generateBundle() {
      for (const [fileName, source] of Object.entries(await files()))
        this.emitFile({ type: 'asset', fileName, source });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = (request.url ?? '').replace(/^\/|[?#].*$/g, '').replace(/\/$/, '/index.html');
        if (name !== 'reference.html' && !name.startsWith('docs/')) return next();
        files().then((/** @type {Record<string, string>} */ all) => {
          const page = all[name];
          if (page === undefined) return next();
          response.setHeader('Content-Type', 'text/html').end(page);
        }, next);
      });
    },
  };
}

/**
 * When everything is built, the service worker that keeps it.
 *
 * @returns {import('vite').Plugin}
 */
function serviceWorker() {
  return {
    name: 'service-worker',
    apply: 'build',
    writeBundle({ dir }) {
      if (dir) writeServiceWorker(dir);
    },
  };
}

export default defineConfig({
  root: path.join(root, 'www'),
  base: './',
  plugins: [
    rayonWorkers(),
    otherEngine(),
    compiledPrograms(path.join(root, 'pkg')),
    policyInPage(),
    plainScript(),
    documents(),
    serviceWorker(),
  ],
  worker: { format: 'es', plugins: () => [rayonWorkers(), otherEngine()] },
  build: {
    outDir: path.join(root, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    // A worker or module in a data: address would need a wider policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { headers: ISOLATION, fs: { allow: [root] } },
  preview: {
    headers: { ...ISOLATION, 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
  },
});
