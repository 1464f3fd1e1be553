/** Names places in a program: what a worker's status says in numbers. */

/** @import { ListingRow, Program, Site } from './types.js' */

export class Sites {
  /** @type {ListingRow[][]} rows by function and instruction */
  #rows;
  #names;

  /** @param {Program} program */
  constructor(program) {
    this.#names = program.functions;
    /** @type {Map<string, ListingRow[]>} */
    const byName = new Map(program.functions.map((name) => [name, []]));
    for (const row of program.listing) {
      const rows = byName.get(row.function);
      if (rows) rows[row.index] = row;
    }
    this.#rows = [...byName.values()];
  }

  /**
   * @param {Site['kind']} kind
   * @param {number} task
   * @param {number} functionIndex
   * @param {number} instruction
   * @returns {Site}
   */
  at(kind, task, functionIndex, instruction) {
    const name = this.#names[functionIndex];
    const row = this.#rows[functionIndex]?.[instruction];
    if (!row || name === undefined || kind === 'idle' || kind === 'scheduler') {
      const text = kind === 'scheduler' ? 'between two tasks' : 'no task';
      return { kind, task: null, function: null, instruction: null, offset: null, line: null, text };
    }
    const place = row.line === null ? `offset ${row.offset}` : `line ${row.line}`;
    return {
      kind,
      task,
      function: name,
      instruction,
      offset: row.offset,
      line: row.line,
      text: `${name}, ${place}, ${row.text.split(' ', 1)[0]}`,
    };
  }
}
