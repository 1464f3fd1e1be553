/** Programs of a few atomic steps for threads that share memory, and what happens when they move in some order. */

/**
 * @typedef {Record<string, number>} Memory words by name
 *
 * @typedef {object} Line one atomic step
 * @property {string} [label] for those who go here
 * @property {string} text the step, as it stands in the program
 * @property {(memory: Memory) => Said} does changes the memory, and says what it came to, about its thread
 * @property {(memory: Memory) => boolean} [waits] whether the thread cannot move from here now
 * @property {boolean} [works] it is what no worker may do in a stopped world
 *
 * @typedef {string | { says: string, to: string }} Said `to`: the label to go on at, instead of the next line
 *
 * @typedef {object} Thread
 * @property {string} name
 * @property {Line[]} lines after the last it is done
 *
 * @typedef {object} Model
 * @property {Thread[]} threads
 * @property {Memory} memory at the beginning
 * @property {(memory: Memory) => boolean} stopped whether a thread takes the world for stopped
 * @property {Word[]} words those that all threads share, for people
 *
 * @typedef {{ key: string, name: string, show: (value: number) => string }} Word
 *
 * @typedef {object} State
 * @property {Memory} memory
 * @property {number[]} at line of each thread; as many as it has lines when it is done
 */

/** @param {Model} model @returns {State} */
export function initial({ threads, memory }) {
  return { memory: { ...memory }, at: threads.map(() => 0) };
}

/**
 * @param {Model} model
 * @param {State} state
 * @param {number} thread
 * @returns {Line | null} what it does next; null when it is done
 */
export function lineOf({ threads }, { at }, thread) {
  return threads[thread]?.lines[at[thread] ?? 0] ?? null;
}

/**
 * @param {Model} model
 * @param {State} state
 * @param {number} thread
 * @returns {boolean} whether it can move now
 */
export function canMove(model, state, thread) {
  const line = lineOf(model, state, thread);
  return line !== null && !line.waits?.(state.memory);
}

/**
 * One step of a thread that can move.
 *
 * @param {Model} model
 * @param {State} state stays as it is
 * @param {number} thread
 * @returns {{ state: State, says: string, wrong: boolean }} `wrong`: it worked in a stopped world
 */
export function step(model, state, thread) {
  const { name, lines } = /** @type {Thread} */ (model.threads[thread]);
  const line = lineOf(model, state, thread);
  if (!line) throw new Error(`${name} is done`);
  const memory = { ...state.memory };
  const wrong = Boolean(line.works) && model.stopped(memory);
  const said = line.does(memory);
  const { says, to } = typeof said === 'string' ? { says: said, to: null } : said;
  const at = [...state.at];
  at[thread] = to === null ? (at[thread] ?? 0) + 1 : lines.findIndex(({ label }) => label === to);
  return { state: { memory, at }, says: `${name} ${says}`, wrong };
}
