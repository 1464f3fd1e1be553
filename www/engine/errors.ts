/** The one kind of error that the engine gives: what was wrong, and what to do. */
import type { ErrorCode, Straggler } from '../run/types.ts';

/** What the engine's promises reject with. */
export class LabError extends Error {
  /** `LabError`. */
  name: string = 'LabError';
  /** For programs. */
  readonly code: ErrorCode;
  /** One sentence: what to do; may be empty. */
  readonly advice: string;
  /** The late workers, when that was what went wrong. */
  readonly stragglers: Straggler[];

  /**
   * @param code for programs
   * @param message one sentence: what was wrong
   * @param advice one sentence: what to do; may be empty
   * @param stragglers the late workers, when that was what went wrong
   */
  constructor(code: ErrorCode, message: string, advice: string, stragglers: Straggler[] = []) {
    super(message);
    this.code = code;
    this.advice = advice;
    this.stragglers = stragglers;
  }
}

/**
 * Any thrown value as a {@link LabError}.
 *
 * @param doing what failed, as in `starting the workers`
 */
export function asLabError(thrown: unknown, doing: string): LabError {
  if (thrown instanceof LabError) return thrown;
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  return new LabError(
    'failed',
    `The engine failed while ${doing}: ${what}.`,
    'Run the program again; if it happens again, reload the page.',
  );
}
