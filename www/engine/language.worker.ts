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

function bounds(
  reading: Reading,
  { calls, back_edges, allocations, awaits, every }: PollPolicy,
): PathBound[] {
  return JSON.parse(reading.bounds(calls, back_edges, allocations, awaits, every));
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
