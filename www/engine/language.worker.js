/** The worker that reads programs: the language's own module, with one thread and a memory of its own. */

import { Reading, initSync, instruction_set } from '../../pkg/safepoint_language.js';
import { answer } from './answering.js';

/** @import { LanguageCommands } from './messages.js' */
/** @import { PathBound, PollPolicy } from './types.js' */

/** The program that was loaded last without faults. @type {Reading | null} */
let loaded = null;

/** @param {Reading} reading */
function told(reading) {
  return { result: JSON.parse(reading.loaded()), runnable: reading.runnable() ?? null };
}

/**
 * @param {Reading} reading
 * @param {PollPolicy} policy
 * @returns {PathBound[]}
 */
function bounds(reading, { calls, back_edges, allocations, awaits, every }) {
  return JSON.parse(reading.bounds(calls, back_edges, allocations, awaits, every));
}

/** @type {LanguageCommands} */
const commands = {
  start: (module) => void initSync({ module }),
  load(source) {
    const reading = new Reading(source);
    const answer = told(reading);
    if (answer.result.ok) {
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
  moduleBytes: () => loaded?.module() ?? null,
  disassemble: () => loaded?.disassemble() ?? null,
  instructionSet: () => JSON.parse(instruction_set()),
};

answer(commands);
