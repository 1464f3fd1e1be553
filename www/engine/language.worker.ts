/** The worker that reads programs: the language's own module, with one thread and a memory of its own. */

import { Reading, initSync } from '../../pkg/safepoint_language.js';
import { answer } from './answering.ts';
import type { LanguageCommands } from './messages.ts';
import type { PathBound, PollPolicy } from '../run/types.ts';

/** The program that was loaded last without faults. */
let loaded: Reading | null = null;

function told(reading: Reading) {
  return { result: reading.loaded(), runnable: reading.runnable() ?? null };
}

function boundsOf(
  reading: Reading,
  { calls, back_edges, allocations, awaits, every }: PollPolicy,
): PathBound[] {
  return JSON.parse(reading.bounds(calls, back_edges, allocations, awaits, every));
}

function bounds(reading: Reading, policy: PollPolicy): PathBound[] {
  const all = boundsOf(reading, policy);
  if (policy.adapt === undefined) return all;
  // How many turns a back-edge goes that adapts, nothing in the program says.
  const without = boundsOf(reading, { ...policy, back_edges: false });
  return without.map((bound, i) => {
    const adapts = bound.instructions === null && all[i]?.instructions !== null;
    return adapts ? { ...bound, why: 'a loop that polls as often as its time demands' } : bound;
  });
}

const commands: LanguageCommands = {
  start: (module) => void initSync({ module }),
  load(source) {
    const reading = new Reading(source);
    const answer = told(reading);
    if (answer.runnable) {
      loaded?.free();
      loaded = reading;
    } else {
      reading.free();
    }
    return answer;
  },
  read(source, policy) {
    const reading = new Reading(source);
    const answer = {
      ...told(reading),
      module: reading.module() ?? null,
      bounds: bounds(reading, policy),
    };
    reading.free();
    return answer;
  },
  bounds: (policy) => (loaded ? bounds(loaded, policy) : []),
  disassemble: () => loaded?.disassemble() ?? null,
};

answer(commands);
