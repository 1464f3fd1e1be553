/** What a run's settings are called while they are folded away: the workers, and what differs from what is usual. */
import { plural, policyText, REASON_NAMES } from './format.ts';
import { edgesText } from './turns-text.ts';
import type { PollPolicy, Reason } from '../run/types.ts';

interface Settings {
  workers: number;
  /** null: the program's own */
  policy: PollPolicy | null;
  counted: boolean;
  compile: boolean;
  keepStopped: boolean;
  automatic: { enabled: boolean; everyMs: number; reason: Reason };
  timeouts: { mode: 'for-ever' | 'warn' | 'give-up'; warnMs: number; deadlineMs: number };
  /** whether they came with the program, and another one has what the user set */
  isLent: boolean;
}

/** Where all else polls, back-edges are what differs. */
function pollsText(policy: PollPolicy) {
  const { calls, allocations, awaits } = policy;
  return calls && allocations && awaits ? edgesText(policy) : policyText(policy);
}

export function settingsText({
  workers,
  policy,
  counted,
  compile,
  keepStopped,
  automatic,
  timeouts,
  isLent,
}: Settings) {
  const { mode, warnMs, deadlineMs } = timeouts;
  const said = [
    plural(workers, 'worker'),
    policy && `polls: ${pollsText(policy)}`,
    !counted && 'polls not counted',
    !compile && 'interpreted',
    mode === 'warn' && `warns after ${warnMs} ms`,
    mode === 'give-up' && `gives up after ${deadlineMs} ms`,
    !keepStopped && 'goes on by itself',
    automatic.enabled && `${REASON_NAMES[automatic.reason]} every ${automatic.everyMs} ms`,
  ];
  return `Run settings${isLent ? ' of this program' : ''}: ${said.filter(Boolean).join(' · ')}`;
}
