/**
 * Takes the place of wasm-bindgen-rayon's own `workerHelpers.js` (the bundler replaces it). Runs in the
 * control worker, where `initThreadPool` is called, but has the page's main thread create the workers:
 * Firefox hangs now and then when one worker starts others.
 */

/**
 * @typedef {object} PoolBuilder wasm-bindgen-rayon's builder, in shared memory
 * @property {() => number} numThreads
 * @property {() => number} receiver address of the channel on which its workers wait for their thread
 * @property {() => void} build hands every waiting worker its thread; does not block
 */

/**
 * @param {WebAssembly.Module} _module the main thread has it
 * @param {WebAssembly.Memory} _memory the main thread has it
 * @param {PoolBuilder} builder
 * @returns {Promise<void>} settles when all workers run; the main thread sets the limit
 */
export function startWorkers(_module, _memory, builder) {
  return new Promise((resolve) => {
    /** @param {MessageEvent} message */
    const onReady = ({ data }) => {
      if (data?.type !== 'workers-ready') return;
      self.removeEventListener('message', onReady);
      // Only now: a thread is sent over the channel, which must have a receiver.
      builder.build();
      resolve();
    };
    self.addEventListener('message', onReady);
    self.postMessage({ type: 'start-workers', count: builder.numThreads(), receiver: builder.receiver() });
  });
}
