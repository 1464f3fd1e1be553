/**
 * Programs that come compiled with the page: the reader of programs is fetched when somebody edits one, or brings
 * another. `scripts/compiled-programs.mjs` makes them when the page is bundled, each a file of its own that is fetched
 * when its program is opened.
 */
import type { Diagnostic, LoadResult, Program } from '../run/types.ts';

/** What the language says of a program's text. */
export interface Compiled {
  program: Program;
  warnings: Diagnostic[];
  /** The binary module that an engine takes, in base64. */
  module: string;
}

/** As the bundler gives the files of a folder with the query `?compiled`. */
export type CompiledFiles = Record<string, () => Promise<Compiled>>;

const shipped: Map<string, () => Promise<Compiled>> = new Map();

/**
 * Has the lab know programs that come compiled.
 *
 * @param texts by path
 * @param compiled by the same paths
 */
export function ship(texts: Record<string, string>, compiled: CompiledFiles) {
  for (const [path, text] of Object.entries(texts)) {
    const fetched = compiled[path];
    if (fetched) shipped.set(text, fetched);
  }
}

/**
 * What came compiled of a text.
 *
 * @returns null when the language has to read it
 */
export async function shippedProgram(
  source: string | Uint8Array,
): Promise<{ result: LoadResult; runnable: Uint8Array } | null> {
  const fetched = typeof source === 'string' ? shipped.get(source) : undefined;
  // What does not arrive can still be made of the text.
  const compiled = await fetched?.().catch(() => null);
  if (compiled?.program.source !== source) return null;
  const { program, warnings } = structuredClone(compiled);
  const runnable = Uint8Array.from(atob(compiled.module), (byte) => byte.charCodeAt(0));
  return { result: { ok: true, program, errors: [], warnings }, runnable };
}
