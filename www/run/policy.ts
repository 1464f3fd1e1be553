/** Where a program polls. */
import { record, whole, yesOrNo } from './checks.ts';
import type { Check } from './checks.ts';
import type { ListingRow, PollPolicy } from './types.ts';

/** Most back-edges from one that polls to the next: the engine counts in 16 bits. */
export const LARGEST_EVERY = 65_535;

/** At every place where a program can. */
export const EVERYWHERE: PollPolicy = {
  calls: true,
  back_edges: true,
  allocations: true,
  awaits: true,
  every: 1,
};

/**
 * How often a poll site polls: 0 never, 1 always, n every n-th turn of its loop.
 *
 * @param site of a program's listing
 * @param policy for all sites of which the program says nothing
 */
export function often({ poll, placed }: Pick<ListingRow, 'poll' | 'placed'>, policy: PollPolicy): number {
  if (poll === null) return 0;
  if (typeof placed === 'number') return placed;
  const { calls, back_edges: backEdges, allocations, awaits, every } = policy;
  const polls = {
    call: calls,
    'back-edge': backEdges,
    allocation: allocations,
    await: awaits,
    explicit: true,
  };
  if (!polls[poll]) return 0;
  return poll === 'back-edge' ? every : 1;
}

export const pollPolicy: Check<PollPolicy> = record({
  calls: yesOrNo,
  back_edges: yesOrNo,
  allocations: yesOrNo,
  awaits: yesOrNo,
  every: whole(1, LARGEST_EVERY),
});

export function samePolicy(a: PollPolicy | null, b: PollPolicy | null) {
  if (!a || !b) return a === b;
  return (
    a.calls === b.calls &&
    a.back_edges === b.back_edges &&
    a.allocations === b.allocations &&
    a.awaits === b.awaits &&
    a.every === b.every
  );
}
