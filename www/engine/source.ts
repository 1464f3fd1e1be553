/** What a program may be before it goes to the engine. */

import { plainLines } from '../run/lines.ts';
import { LabError } from './errors.ts';
import type { LoadResult } from '../run/types.ts';

// The engine copies a program several times; beyond this no person wrote it.
const LARGEST_BYTES = 8 * 1024 * 1024;

/**
 * @returns text, or a copy of bytes
 * @throws {LabError} when it is neither text nor bytes
 */
export function checkSource(given: unknown): { source: string | Uint8Array } | { refused: LoadResult } {
  const bytes = given instanceof ArrayBuffer ? new Uint8Array(given) : given;
  if (typeof bytes !== 'string' && !(bytes instanceof Uint8Array)) {
    throw new LabError(
      'invalid',
      'A program is text or bytes.',
      'Give a string, a Uint8Array or an ArrayBuffer.',
    );
  }
  if (bytes.length <= LARGEST_BYTES)
    return { source: typeof bytes === 'string' ? plainLines(bytes) : bytes.slice() };
  const size = Math.ceil(bytes.length / 1024 / 1024);
  const message = `the program is ${size} MiB long: at most ${LARGEST_BYTES / 1024 / 1024} MiB are taken`;
  const place = typeof bytes === 'string' ? { line: 1, column: 1 } : { line: 0, column: 0 };
  const errors = [{ ...place, length: 1, offset: LARGEST_BYTES, message }];
  return { refused: { ok: false, program: null, errors, warnings: [] } };
}

/**
 * @returns a copy
 * @throws {LabError} when it is not bytes
 */
export function checkSnapshot(given: unknown): Uint8Array {
  const bytes = given instanceof ArrayBuffer ? new Uint8Array(given) : given;
  if (bytes instanceof Uint8Array) return bytes.slice();
  throw new LabError('invalid', 'A snapshot is bytes.', 'Give a Uint8Array or an ArrayBuffer.');
}
