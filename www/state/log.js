/** What happened, in order, as lines of text. Bounded: the oldest are forgotten. */

/** @typedef {{ level: 'info' | 'warning' | 'error', text: string, pause: number | null }} LogEntry */

export class Log {
  /** @param {number} capacity lines that are kept */
  constructor(capacity) {
    this.capacity = capacity;
    /** @type {LogEntry[]} */
    this.entries = [];
    /** Lines ever added. */
    this.written = 0;
    /** @type {() => void} */
    this.changed = () => {};
  }

  /**
   * @param {LogEntry['level']} level
   * @param {string} text
   * @param {number | null} [pause] the pause it is about
   */
  add(level, text, pause = null) {
    this.entries.push({ level, text, pause });
    this.written += 1;
    if (this.entries.length > this.capacity) this.entries.shift();
    this.changed();
  }
}
