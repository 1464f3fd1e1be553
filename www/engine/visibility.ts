/**
 * Tells the engine since when and until when the page was hidden, since a browser slows hidden pages down. In place,
 * in shared memory: the control worker may be waiting for the very pause that is late because of it.
 */
import type { Layout } from '../run/types.ts';

const OPEN = 2n ** 64n - 1n;

export class Visibility {
  /**
   * Since when, and until when.
   * null while nothing runs
   */
  #words: BigUint64Array | null = null;
  /** When the engine's clock began, milliseconds. */
  #zero = 0;

  #end = new AbortController();

  constructor() {
    document.addEventListener('visibilitychange', () => this.#tell(), { signal: this.#end.signal });
  }

  /** A run has begun that wants to know. */
  begin(memory: WebAssembly.Memory, { hidden, zero }: Layout) {
    // It may have grown in a worker before this thread's view of it has.
    if (memory.buffer.byteLength < hidden + 16) memory.grow(0);
    this.#words = new BigUint64Array(memory.buffer, hidden, 2);
    this.#zero = zero;
    if (document.hidden) this.#tell();
  }

  /** The run is over, and its memory may have become another's. */
  end() {
    this.#words = null;
  }

  /** No run begins any more. */
  dispose() {
    this.end();
    this.#end.abort();
  }

  #tell() {
    if (!this.#words) return;
    const ms = performance.timeOrigin + performance.now() - this.#zero;
    const now = BigInt(Math.max(0, Math.round(ms * 1e6)));
    if (!document.hidden) Atomics.store(this.#words, 1, now);
    else {
      Atomics.store(this.#words, 0, now);
      Atomics.store(this.#words, 1, OPEN);
    }
  }
}
