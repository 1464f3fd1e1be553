/** Programs of a few atomic steps for threads that share memory, and what happens when they move in some order. */

/** words by name */
export type Memory = Record<string, number>;

/** one atomic step */
export interface Line {
  /** for those who go here */
  label?: string;
  /** the step, as it stands in the program */
  text: string;
  /** changes the memory, and says what it came to, about its thread */
  does: (memory: Memory) => Said;
  /** whether the thread cannot move from here now */
  waits?: (memory: Memory) => boolean;
  /** it is what no worker may do in a stopped world */
  works?: boolean;
}

/** `to`: the label to go on at, instead of the next line */
type Said = string | { says: string; to: string };

export interface Thread {
  name: string;
  /** after the last it is done */
  lines: Line[];
}

export interface Model {
  threads: Thread[];
  /** at the beginning */
  memory: Memory;
  /** whether a thread takes the world for stopped */
  stopped: (memory: Memory) => boolean;
  /** those that all threads share, for people */
  words: Word[];
}

type Word = { key: string; name: string; show: (value: number) => string };

export interface State {
  memory: Memory;
  /** line of each thread; as many as it has lines when it is done */
  at: number[];
}

export function initial({ threads, memory }: Model): State {
  return { memory: { ...memory }, at: threads.map(() => 0) };
}

/** @returns what it does next; null when it is done */
export function lineOf({ threads }: Model, { at }: State, thread: number): Line | null {
  return threads[thread]?.lines[at[thread] ?? 0] ?? null;
}

/** @returns whether it can move now */
export function canMove(model: Model, state: State, thread: number): boolean {
  const line = lineOf(model, state, thread);
  return line !== null && !line.waits?.(state.memory);
}

/**
 * One step of a thread that can move.
 *
 * @param state stays as it is
 * @returns `wrong`: it worked in a stopped world
 */
export function step(
  model: Model,
  state: State,
  thread: number,
): { state: State; says: string; wrong: boolean } {
  const { name, lines } = model.threads[thread];
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
