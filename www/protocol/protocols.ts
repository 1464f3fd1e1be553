/** The protocols that the page steps through. */
import { barrierProtocol } from './barrier-protocol.ts';
import { labProtocol } from './lab-protocol.ts';
import type { Model } from './model.ts';
import type { Variant } from './lab-protocol.ts';

export interface Protocol {
  id: string;
  name: string;
  about: string;
  /** of the lab's own; null where it is another */
  variant: Variant | null;
}

export const PROTOCOLS: Protocol[] = [
  {
    id: 'barrier',
    name: 'A flag and a barrier',
    about:
      'The protocol above. The workers wait at a barrier for each other, and not for the requester: it opens when the last worker has come.',
    variant: null,
  },
  {
    id: 'lab',
    name: 'As this lab does it',
    about:
      'Each worker has one word: whether it runs, and whether it is asked to stop. Worker 0 polls. Worker 1 never does, but blocks in safe regions.',
    variant: { workers: ['polls', 'blocks'] },
  },
  {
    id: 'plain-store-on-leave',
    name: 'Look first, then leave',
    about:
      'A worker leaves its safe region in two steps: it reads its word and then writes it. In between the requester can ask it to stop.',
    variant: { workers: ['polls', 'blocks'], mutant: 'plain-store-on-leave' },
  },
  {
    id: 'newcomers-run',
    name: 'Newcomers run at once',
    about: 'A worker that registers does not check whether its slot is asked to stop.',
    variant: { workers: ['polls', 'comes'], mutant: 'newcomers-run' },
  },
  {
    id: 'free-slots-not-armed',
    name: 'Free slots are not asked',
    about:
      'The requester asks only registered workers. Worker 1 registers after the requester has passed its slot.',
    variant: { workers: ['polls', 'comes'], mutant: 'free-slots-not-armed' },
  },
  {
    id: 'untagged-arrivals',
    name: 'Arrivals without a number',
    about:
      'The requester gives its first pause up, because a worker is late, and asks again. It does not check for which of the two pauses an arrival is.',
    variant: { workers: ['polls', 'polls'], givesUp: true, mutant: 'untagged-arrivals' },
  },
  {
    id: 'request-after-arming',
    name: 'Counting too late',
    about: 'The requester asks all workers to stop, and only then begins to count arrivals.',
    variant: { workers: ['polls', 'blocks'], mutant: 'request-after-arming' },
  },
  {
    id: 'gate-before-disarm',
    name: 'Waking first',
    about: 'The requester wakes the sleeping workers before it takes its request back.',
    variant: { workers: ['polls', 'blocks'], mutant: 'gate-before-disarm' },
  },
];

export function modelOf({ variant }: Protocol): Model {
  return variant ? labProtocol(variant) : barrierProtocol();
}
