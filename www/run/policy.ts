/** Where a program polls. */
import { record, whole, yesOrNo } from './checks.ts';
import type { Check } from './checks.ts';
import type { PollPolicy } from './types.ts';

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
