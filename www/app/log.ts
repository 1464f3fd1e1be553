/** What happened, in order, as lines of text. Bounded: the oldest are forgotten. */
import { signal } from '@preact/signals-core';

type LogEntry = { level: 'info' | 'warning' | 'error'; text: string; pause: number | null };

export class Log {
  capacity;
  entries: LogEntry[] = [];
  #written = signal(0);

  /** @param capacity lines that are kept */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Lines ever added: a signal, as the properties of the store are. */
  get written() {
    return this.#written.value;
  }

  /** @param pause the pause it is about */
  add(level: LogEntry['level'], text: string, pause: number | null = null) {
    this.entries.push({ level, text, pause });
    if (this.entries.length > this.capacity) this.entries.shift();
    this.#written.value += 1;
  }
}
