/** Fetches and compiles the engine's module, once for all engines of a page. */

import wasmUrl from '../../pkg/safepoint_lab_bg.wasm?url';
import { LabError } from './errors.js';
import { memoryLimits } from './module-memory.js';

/** @import { MemoryLimits } from './module-memory.js' */

/**
 * @returns {Promise<{ module: WebAssembly.Module, limits: MemoryLimits }>}
 * @throws {LabError} when it cannot be fetched or compiled
 */
export async function compileModule() {
  const response = await fetchModule();
  const bytes = response.clone().arrayBuffer();
  try {
    // Streaming, so that the browser may keep the compiled code for the next visit.
    const module = await WebAssembly.compileStreaming(response);
    return { module, limits: memoryLimits(new Uint8Array(await bytes)) };
  } catch (thrown) {
    if (thrown instanceof LabError) throw thrown;
    throw new LabError(
      'unsupported',
      `The browser could not compile the engine: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      'Open the page in a current Chrome, Edge, Firefox or Safari; the server must send it as application/wasm.',
    );
  }
}

async function fetchModule() {
  const advice = 'Check the connection and reload the page.';
  let response;
  try {
    response = await fetch(wasmUrl);
  } catch {
    throw new LabError('failed', 'The engine could not be fetched.', advice);
  }
  if (!response.ok)
    throw new LabError(
      'failed',
      `The engine could not be fetched: the server answered ${response.status}.`,
      advice,
    );
  return response;
}
