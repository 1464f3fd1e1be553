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

/** Settings that a program is meant to run with, such as a lesson's. */
export type Lent = Settings & Pick<PageState, 'counted' | 'compile'>;

/** They are in force while that program is open; then the user has `own` again. */
export interface Loan {
  source: string;
  as: Partial<Lent>;
  own: Partial<Lent>;
}

/** @returns of these settings those that are not in force */
export function changesOf(state: Lent, settings: Partial<Lent>): Partial<Lent> {
  const differs = (key: string) =>
    JSON.stringify(settings[key as keyof Lent]) !== JSON.stringify(state[key as keyof Lent]);
  return Object.fromEntries(Object.entries(settings).filter(([key]) => differs(key)));
}

/** @returns what the user had set before, except for what the user has set since */
export function givenBack(state: PageState): Partial<Lent> {
  const { own, as } = state.lent ?? { own: {}, as: {} };
  const since = changesOf(state, as);
  return Object.fromEntries(Object.entries(own).filter(([key]) => !Object.hasOwn(since, key)));
}

/** Whether what was lent is not what the user had set. */
export function isLent(state: PageState): boolean {
  return state.lent !== null && Object.keys(changesOf(state, state.lent.own)).length > 0;
}

export function lentTo(state: PageState, source: string, settings: Partial<Lent>): Loan {
  const as = { ...state.lent?.as, ...settings };
  const own = Object.entries({ ...state, ...givenBack(state) }).filter(([key]) => Object.hasOwn(as, key));
  return { source, as, own: Object.fromEntries(own) };
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
