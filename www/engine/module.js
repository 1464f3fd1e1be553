/** Fetches and compiles the modules of engine and language, once for all workers of a page. */

import wasmUrl from '../../pkg/safepoint_lab_bg.wasm?url';
import languageUrl from '../../pkg/safepoint_language_bg.wasm?url';
import { LabError } from './errors.js';
import { memoryLimits } from './module-memory.js';

/** @import { MemoryLimits } from './module-memory.js' */

/**
 * @returns {Promise<{ module: WebAssembly.Module, limits: MemoryLimits }>}
 * @throws {LabError} when it cannot be fetched or compiled
 */
export async function compileModule() {
  const response = await fetchModule(wasmUrl, 'engine');
  const bytes = response.clone().arrayBuffer();
  const module = await compiled(response, 'engine');
  return { module, limits: memoryLimits(new Uint8Array(await bytes)) };
}

/**
 * @returns {Promise<WebAssembly.Module>}
 * @throws {LabError} when it cannot be fetched or compiled
 */
export async function compileLanguage() {
  return compiled(await fetchModule(languageUrl, 'language'), 'language');
}

/**
 * Streaming, so that the browser may keep the compiled code for the next visit.
 *
 * @param {Response} response
 * @param {string} what it is
 */
async function compiled(response, what) {
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (thrown) {
    throw new LabError(
      'unsupported',
      `The browser could not compile the ${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      'Open the page in a current Chrome, Edge, Firefox or Safari; the server must send it as application/wasm.',
    );
  }
}

/**
 * @param {string} url
 * @param {string} what it is
 */
async function fetchModule(url, what) {
  const advice = 'Check the connection and reload the page.';
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new LabError('failed', `The ${what} could not be fetched.`, advice);
  }
  if (!response.ok)
    throw new LabError(
      'failed',
      `The ${what} could not be fetched: the server answered ${response.status}.`,
      advice,
    );
  return response;
}
