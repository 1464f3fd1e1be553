/** One thread of the pool: an instance over the shared memory that from then on belongs to rayon. */

import { initSync, wbg_rayon_start_worker } from '../../pkg/safepoint_lab.js';
import type { PoolInit } from './messages.ts';

self.addEventListener(
  'message',
  ({ data }) => {
    const { module, memory, stackBytes, receiver } = data as PoolInit;
    initSync({ module, memory, thread_stack_size: stackBytes });
    self.postMessage({ type: 'ready' });
    // Returns only when the pool is dropped, which never happens: the main thread terminates workers. A
    // trap leaves through here as an uncaught error, which the main thread hears.
    wbg_rayon_start_worker(receiver);
  },
  { once: true },
);
