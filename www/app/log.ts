/** What happened, in order, as lines of text. Bounded: the oldest are forgotten. */

type LogEntry = { level: 'info' | 'warning' | 'error'; text: string; pause: number | null };

export class Log {
  capacity;
  entries: LogEntry[] = [];
  /** Lines ever added. */
  written = 0;
  changed: () => void = () => {};

  /** @param capacity lines that are kept */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** @param pause the pause it is about */
  add(level: LogEntry['level'], text: string, pause: number | null = null) {
    this.entries.push({ level, text, pause });
    this.written += 1;
    if (this.entries.length > this.capacity) this.entries.shift();
    this.changed();
  }
}
