/** Long work on the main thread, a slice at a time: between two of them the page answers. */

/** Milliseconds of a slice: half a frame. */
const SLICE_MS = 8;

/** @param work yields wherever it may be interrupted */
export async function inSlices<Result>(work: Generator<undefined, Result>): Promise<Result> {
  // A timer would wait longer, and a second where the page is hidden.
  const { port1, port2 } = new MessageChannel();
  try {
    for (;;) {
      const end = performance.now() + SLICE_MS;
      do {
        const { done, value } = work.next();
        if (done) return value;
      } while (performance.now() < end);
      const turn = new Promise((resolve) => (port1.onmessage = resolve));
      port2.postMessage(null);
      await turn;
    }
  } finally {
    port1.close();
  }
}
