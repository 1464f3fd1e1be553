/** What every response says, so that the page may share memory between its workers and nothing else runs in it. */

/** Cross-origin isolation: without it there is no shared memory. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  // The same for a frame in a page that is not isolated, where the browser knows it.
  'Document-Isolation-Policy': 'isolate-and-require-corp',
  // Pages that are isolated may have it in a frame: nothing in it is secret.
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** No eval, no inline script, nothing from elsewhere. The editor writes its own style elements. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
