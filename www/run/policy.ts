/** Where a program polls. */
import { CheckError, ifGiven, record, whole, yesOrNo } from './checks.ts';
import type { Check } from './checks.ts';
import type { ListingRow, PollPolicy } from './types.ts';

/** Most back-edges from one that polls to the next: the engine counts in 16 bits. */
export const LARGEST_EVERY = 65_535;

/** What a listing says of a back-edge that adapts, by the program: it polls at one turn in so many, or more often. */
export const ADAPTS = 65_535;

/** Microseconds within which a back-edge polls again: less browsers' clocks do not tell. */
const ADAPT = { least: 20, most: 1_000_000 };

/** At every place where a program can. */
export const EVERYWHERE: PollPolicy = {
  calls: true,
  back_edges: true,
  allocations: true,
  awaits: true,
  every: 1,
};

/**
 * How often a poll site polls: 0 never, 1 always, n every n-th turn of its loop, or `ADAPTS`.
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

const parts = record({
  calls: yesOrNo,
  back_edges: yesOrNo,
  allocations: yesOrNo,
  awaits: yesOrNo,
  every: whole(1, LARGEST_EVERY),
  adapt: ifGiven(whole(ADAPT.least, ADAPT.most)),
});

export const pollPolicy: Check<PollPolicy> = (value, place) => {
  const { adapt, ...policy } = parts(value, place);
  if (adapt === undefined) return policy;
  if (policy.back_edges && policy.every === 1) return { ...policy, adapt };
  throw new CheckError(`${place}.adapt`, adapt, 'nothing where a back-edge does not poll at every turn');
};

export function samePolicy(a: PollPolicy | null, b: PollPolicy | null) {
  if (!a || !b) return a === b;
  return (
    a.calls === b.calls &&
    a.back_edges === b.back_edges &&
    a.allocations === b.allocations &&
    a.awaits === b.awaits &&
    a.every === b.every &&
    a.adapt === b.adapt
  );
}
