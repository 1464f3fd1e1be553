/** The one kind of error that the engine gives: what was wrong, and what to do. */

/** @import { ErrorCode, Straggler } from './types.js' */

/** What the engine's promises reject with. */
export class LabError extends Error {
  /**
   * @param {ErrorCode} code for programs
   * @param {string} message one sentence: what was wrong
   * @param {string} advice one sentence: what to do; may be empty
   * @param {Straggler[]} [stragglers] the late workers, when that was what went wrong
   */
  constructor(code, message, advice, stragglers = []) {
    super(message);
    this.name = 'LabError';
    /** @readonly */
    this.code = code;
    /** @readonly */
    this.advice = advice;
    /** @readonly */
    this.stragglers = stragglers;
  }
}

/**
 * Any thrown value as a {@link LabError}.
 *
 * @param {unknown} thrown
 * @param {string} doing what failed, as in `starting the workers`
 * @returns {LabError}
 */
export function asLabError(thrown, doing) {
  if (thrown instanceof LabError) return thrown;
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  return new LabError(
    'failed',
    `The engine failed while ${doing}: ${what}.`,
    'Run the program again; if it happens again, reload the page.',
  );
}
