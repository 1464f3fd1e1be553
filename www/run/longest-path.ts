/** The longest path without a poll, as the program says it. */
import type { PathBound } from './types.ts';

/** null when there is none */
export type Bound = { instructions: number; perFrame: boolean } | null;

/** @returns of the whole program */
export function boundOf(bounds: PathBound[]): Bound {
  let instructions = 0;
  for (const bound of bounds) {
    if (bound.instructions === null) return null;
    instructions = Math.max(instructions, bound.instructions);
  }
  return { instructions, perFrame: bounds.some((bound) => bound.per_frame) };
}
