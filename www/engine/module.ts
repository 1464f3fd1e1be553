/** Fetches and compiles the modules of engine and language, once for all workers of a page. */

import wasmUrl from '../../pkg/safepoint_lab_bg.wasm?url';
import languageUrl from '../../pkg/safepoint_language_bg.wasm?url';
import tierUrl from '../../pkg/safepoint_tier_bg.wasm?url';
import { LabError } from './errors.ts';
import { memoryLimits } from './module-memory.ts';
import type { MemoryLimits } from './module-memory.ts';

/** @throws {LabError} when it cannot be fetched or compiled */
export async function compileModule(): Promise<{ module: WebAssembly.Module; limits: MemoryLimits }> {
  const response = await fetchModule(wasmUrl, 'engine');
  const bytes = response.clone().arrayBuffer();
  const module = await compiled(response, 'engine');
  return { module, limits: memoryLimits(new Uint8Array(await bytes)) };
}

/** @throws {LabError} when it cannot be fetched or compiled */
export async function compileLanguage(): Promise<WebAssembly.Module> {
  return compiled(await fetchModule(languageUrl, 'language'), 'language');
}

/** @throws {LabError} when it cannot be fetched or compiled */
export async function compileTier(): Promise<WebAssembly.Module> {
  return compiled(await fetchModule(tierUrl, 'compiler'), 'compiler');
}

/**
 * Streaming, so that the browser may keep the compiled code for the next visit.
 *
 * @param what it is
 */
async function compiled(response: Response, what: string) {
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

/** @param what it is */
async function fetchModule(url: string, what: string) {
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
