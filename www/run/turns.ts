/**
 * Policies measured by turns: in each round every policy once, so that what changes meanwhile on the machine meets all of
 * them, and each is compared with the first one of the same round.
 */
import { TELLABLE } from './run-summary.ts';
import type { RunSummary } from './run-summary.ts';
import type { PollPolicy } from './types.ts';

/** Where a program polls, as it is measured. */
export interface Placement {
  policy: PollPolicy;
  /** as few polls as keep every path without one within so many instructions */
  within: number | null;
}

export interface Turn {
  /** index of the placement */
  policy: number;
  round: number;
  summary: RunSummary;
}

export interface Spread {
  median: number;
  least: number;
  most: number;
}

export interface Compared {
  placement: Placement;
  /** instructions per second, one value for each turn; without turns whose workers told nothing */
  rates: number[];
  /** times to safepoint of half of the requests at most, one value for each turn, microseconds */
  waits: number[];
  /** the longest of all */
  longest: number;
  /** whether requests were given up or still waited at the end: they would have waited longer */
  isAtLeast: boolean;
  /** whether half of the requests in a turn, or more, had not been answered: its `waits` are what they waited until then */
  isUnanswered: boolean;
  /** whether no request was answered at all */
  isDeaf: boolean;
  /** requests that were due, made or not */
  requests: number;
  /** of its rate to that of the first policy, round by round; null for the first, and where a rate is missing */
  ratio: Spread | null;
  /** of its waits to those of the first policy, likewise */
  waitRatio: Spread | null;
  /** the last turn, for what does not change from turn to turn */
  summary: RunSummary;
}

/** @param values at least one */
export function spread(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1] ?? NaN, sorted[middle] ?? NaN];
  return { median: (low + high) / 2, least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN };
}

/** @returns those placements that had a turn */
export function compare(placements: Placement[], turns: Turn[]): Compared[] {
  const isKnown = ({ summary }: Turn) => (summary.uncounted ?? 0) === 0 && summary.instructions > 0;
  const requested = ({ pauses, givenUp = 0 }: RunSummary) => pauses + givenUp;
  const hasWaited = ({ summary }: Turn) => requested(summary) > 0;
  return placements.flatMap((placement, index) => {
    const own = turns.filter((turn) => turn.policy === index);
    const last = own.at(-1);
    if (!last) return [];
    /** To the first policy, in the rounds in which something is known of both. */
    const ratio = (known: (turn: Turn) => boolean, value: (summary: RunSummary) => number) => {
      const ratios = own.filter(known).flatMap((turn) => {
        const base = turns.find((other) => other.policy === 0 && other.round === turn.round);
        return base && known(base) ? [value(turn.summary) / value(base.summary)] : [];
      });
      return index > 0 && ratios.length > 0 ? spread(ratios) : null;
    };
    const withWaits = own.filter(hasWaited);
    return [
      {
        placement,
        rates: own.filter(isKnown).map(({ summary }) => summary.instructions),
        waits: withWaits.map(({ summary }) => summary.ttsp.p50),
        longest: Math.max(0, ...withWaits.map(({ summary }) => summary.ttsp.max)),
        isAtLeast: own.some(({ summary }) => (summary.atLeast ?? null) !== null),
        isUnanswered: own.some(({ summary }) => summary.isHalfOpen),
        isDeaf: own.every(({ summary }) => summary.pauses === 0),
        requests: own.reduce((sum, { summary }) => sum + (summary.due ?? requested(summary)), 0),
        ratio: ratio(isKnown, ({ instructions }) => instructions),
        // Nothing is shorter than a step of the clock, as far as it can tell.
        waitRatio: ratio(hasWaited, ({ ttsp, step }) => Math.max(ttsp.p50, step)),
        summary: last.summary,
      },
    ];
  });
}

/** Rounds before anything is told apart: of one or two the range says nothing. */
export const ENOUGH = 3;

/** Whether every policy had so many turns. */
export function isEnough(placements: Placement[], turns: Turn[]) {
  return placements.every((_, index) => turns.filter(({ policy }) => policy === index).length >= ENOUGH);
}

/** Whether a policy is faster or slower than the first one in every round, and by more than code that is placed otherwise makes. */
export function isTellable({ median, least, most }: Spread) {
  return (least > 1 || most < 1) && Math.abs(median - 1) >= TELLABLE;
}
