/**
 * Takes the place of wasm-bindgen-rayon's own `workerHelpers.js` (the bundler replaces it). Runs in the
 * control worker, where `initThreadPool` is called, but has the page's main thread create the workers:
 * Firefox hangs now and then when one worker starts others.
 */

/** wasm-bindgen-rayon's builder, in shared memory */
interface PoolBuilder {
  numThreads: () => number;
  /** address of the channel on which its workers wait for their thread */
  receiver: () => number;
  /** hands every waiting worker its thread; does not block */
  build: () => void;
}

/**
 * @param _module the main thread has it
 * @param _memory the main thread has it
 * @returns settles when all workers run; the main thread sets the limit
 */
export function startWorkers(
  _module: WebAssembly.Module,
  _memory: WebAssembly.Memory,
  builder: PoolBuilder,
): Promise<void> {
  return new Promise((resolve) => {
    const onReady = ({ data }: MessageEvent) => {
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
