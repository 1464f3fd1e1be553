/** Names places in a program: what a worker's status says in numbers. */
import { often } from '../run/policy.ts';
import type { ListingRow, LongestPath, PollPolicy, Program, Site, WorkerState } from '../run/types.ts';

/** Instructions that take long without a poll. */
const LONG: Record<string, Site['kind']> = {
  arraycopy: 'bulk',
  fill: 'bulk',
  'list-copy': 'bulk',
  stall: 'stall',
  block: 'blocked',
};

export class Sites {
  /** rows by function and instruction */
  #rows: ListingRow[][];
  #policy;

  /** @param policy in force */
  constructor(program: Program, policy: PollPolicy) {
    this.#policy = policy;
    const byName: Map<string, ListingRow[]> = new Map(program.functions.map((name) => [name, []]));
    for (const row of program.listing) {
      const rows = byName.get(row.function);
      if (rows) rows[row.index] = row;
    }
    this.#rows = [...byName.values()];
  }

  /**
   * @param state of the worker
   * @param task 0 for none
   * @returns null when the worker is at none
   */
  at(state: WorkerState, task: number, functionIndex: number, instruction: number): Site | null {
    if (state === 'starting' || state === 'finished') return null;
    const row = this.#rows[functionIndex]?.[instruction];
    if (state === 'idle' || task === 0 || !row) {
      const none = { task: null, function: null, instruction: null, offset: null, line: null };
      if (state === 'idle') return { ...none, kind: 'idle', text: 'no task to run' };
      return { ...none, kind: 'scheduler', text: 'between two tasks' };
    }
    const mnemonic = row.text.split(' ', 1)[0] ?? '';
    return {
      kind: LONG[mnemonic] ?? (row.poll && often(row, this.#policy) > 0 ? row.poll : 'unpolled'),
      task,
      function: row.function,
      instruction,
      offset: row.offset,
      line: row.line,
      text: textOf(row),
    };
  }

  /**
   * Where a path without a poll ended.
   *
   * @param instruction one that the function does not have: with the task
   */
  end(functionIndex: number, instruction: number): Omit<LongestPath, 'instructions'> {
    const rows = this.#rows[functionIndex] ?? [];
    const row = rows[instruction];
    if (row) return { function: row.function, line: row.line, text: textOf(row) };
    const name = rows[0]?.function ?? '';
    return { function: name, line: null, text: `the end of a task of ${name}` };
  }
}

function textOf({ function: name, line, offset, words, text }: ListingRow) {
  return `${name}, ${line === null ? `byte ${offset}` : `line ${line}`}, ${words ?? text}`;
}
