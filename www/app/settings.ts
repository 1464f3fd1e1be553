/** What the user has set and would set again: it goes into links and into the session. */
import { oneOf, orNull, record, whole, yesOrNo } from '../run/checks.ts';
import { REASONS } from '../run/columns.ts';
import { MAX_WORKERS } from '../run/limits.ts';
import { pollPolicy } from '../run/policy.ts';
import type { Check } from '../run/checks.ts';
import type { PageState } from './page-state.ts';

const CHECKS = {
  workers: whole(1, MAX_WORKERS),
  policy: orNull(pollPolicy),
  keepStopped: yesOrNo,
  automatic: record({ enabled: yesOrNo, everyMs: whole(5, 60_000), reason: oneOf(REASONS) }),
  timeouts: record({
    mode: oneOf(['for-ever', 'warn', 'give-up'] as const),
    warnMs: whole(1, 60_000),
    deadlineMs: whole(1, 60_000),
  }),
} satisfies Partial<{ [Key in keyof PageState]: Check<PageState[Key]> }>;

export type Settings = Pick<PageState, keyof typeof CHECKS>;

/** Keys of the state that belong to it. */
export const SETTINGS = Object.keys(CHECKS) as (keyof Settings)[];

export function settingsOf({ workers, policy, keepStopped, automatic, timeouts }: PageState): Settings {
  return { workers, policy, keepStopped, automatic, timeouts };
}

/**
 * Reads settings that come from outside.
 *
 * @returns what was given of them, and nothing else
 * @throws {CheckError} naming the first that cannot be
 */
export function readSettings(given: unknown): Partial<Settings> {
  record({})(given, 'settings');
  const all = given as Record<string, unknown>;
  const read = SETTINGS.filter((key) => Object.hasOwn(all, key)).map((key) => [
    key,
    CHECKS[key](all[key], key),
  ]);
  return Object.fromEntries(read);
}
