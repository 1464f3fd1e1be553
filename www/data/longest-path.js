/** The longest path without a poll, as the program says it. */
import { plural } from './format.js';

/** @typedef {import('../engine/types.js').PathBound} PathBound */

/** @typedef {{ instructions: number, perFrame: boolean } | null} Bound null when there is none */

/** @param {PathBound[]} bounds @returns {Bound} of the whole program */
export function boundOf(bounds) {
  let instructions = 0;
  for (const bound of bounds) {
    if (bound.instructions === null) return null;
    instructions = Math.max(instructions, bound.instructions);
  }
  return { instructions, perFrame: bounds.some((bound) => bound.per_frame) };
}

/** @param {NonNullable<Bound>} bound */
export function boundText({ instructions, perFrame }) {
  return plural(instructions, 'instruction') + (perFrame ? ' for each frame of a recursion' : '');
}
