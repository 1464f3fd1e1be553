/** Names places in a program: what a worker's status says in numbers. */

/** @import { ListingRow, LongestPath, PollKind, PollPolicy, Program, Site, WorkerState } from './types.js' */

/** Instructions that take long without a poll. @type {Record<string, Site['kind']>} */
const LONG = { arraycopy: 'bulk', fill: 'bulk', stall: 'stall', block: 'blocked' };

export class Sites {
  /** @type {ListingRow[][]} rows by function and instruction */
  #rows;
  #policy;

  /**
   * @param {Program} program
   * @param {PollPolicy} policy in force
   */
  constructor(program, policy) {
    this.#policy = policy;
    /** @type {Map<string, ListingRow[]>} */
    const byName = new Map(program.functions.map((name) => [name, []]));
    for (const row of program.listing) {
      const rows = byName.get(row.function);
      if (rows) rows[row.index] = row;
    }
    this.#rows = [...byName.values()];
  }

  /**
   * @param {WorkerState} state of the worker
   * @param {number} task 0 for none
   * @param {number} functionIndex
   * @param {number} instruction
   * @returns {Site | null} null when the worker is at none
   */
  at(state, task, functionIndex, instruction) {
    if (state === 'starting' || state === 'finished') return null;
    const row = this.#rows[functionIndex]?.[instruction];
    if (state === 'idle' || task === 0 || !row) {
      const none = { task: null, function: null, instruction: null, offset: null, line: null };
      if (state === 'idle') return { ...none, kind: 'idle', text: 'no task to run' };
      return { ...none, kind: 'scheduler', text: 'between two tasks' };
    }
    const mnemonic = row.text.split(' ', 1)[0] ?? '';
    return {
      kind: LONG[mnemonic] ?? (row.poll && this.#polls(row.poll) ? row.poll : 'unpolled'),
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
   * @param {number} functionIndex
   * @param {number} instruction one that the function does not have: with the task
   * @returns {Omit<LongestPath, 'instructions'>}
   */
  end(functionIndex, instruction) {
    const rows = this.#rows[functionIndex] ?? [];
    const row = rows[instruction];
    if (row) return { function: row.function, line: row.line, text: textOf(row) };
    const name = rows[0]?.function ?? '';
    return { function: name, line: null, text: `the end of a task of ${name}` };
  }

  /** @param {PollKind} kind */
  #polls(kind) {
    const { calls, back_edges, allocations, awaits } = this.#policy;
    return { call: calls, 'back-edge': back_edges, allocation: allocations, await: awaits }[kind];
  }
}

/** @param {ListingRow} row */
function textOf({ function: name, line, offset, text }) {
  return `${name}, ${line === null ? `byte ${offset}` : `line ${line}`}, ${text}`;
}
