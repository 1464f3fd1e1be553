/** Whether this browser, on this page, can run threads over shared memory; if not, why not and what to do. */

import { LabError } from './errors.ts';

/** What {@link missing} looks at; the global object in a browser. */
interface Surroundings {
  WebAssembly?: unknown;
  Worker?: unknown;
  SharedArrayBuffer?: unknown;
  crossOriginIsolated?: boolean;
  isSecureContext?: boolean;
  /** the outermost window */
  top?: unknown;
  /** this one */
  window?: unknown;
}

/** @returns null when nothing is missing */
export function missing(surroundings: Surroundings): LabError | null {
  const current = 'Open the page in a current Chrome, Edge, Firefox or Safari.';
  if (!surroundings.WebAssembly || !surroundings.Worker) {
    return new LabError('unsupported', 'This browser has no WebAssembly or no Web Workers.', current);
  }
  if (!surroundings.isSecureContext) {
    return new LabError(
      'unsupported',
      'This page was not loaded securely, so the browser gives it no shared memory.',
      'Open it over https or from localhost.',
    );
  }
  if (!surroundings.crossOriginIsolated && surroundings.top !== surroundings.window) {
    return new LabError(
      'unsupported',
      'The page around this one is not isolated from other origins, so the browser gives this one no shared memory.',
      'Open the lab in a tab of its own.',
    );
  }
  if (!surroundings.crossOriginIsolated) {
    return new LabError(
      'unsupported',
      'This page is not isolated from other origins, so the browser gives it no shared memory.',
      'Reload it in an ordinary window: a private one may not keep the service worker that isolates it. Or serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp; npm start does.',
    );
  }
  if (!surroundings.SharedArrayBuffer) {
    return new LabError('unsupported', 'This browser has no shared memory for WebAssembly threads.', current);
  }
  return null;
}
