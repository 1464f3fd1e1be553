/** What the threads of the broken protocol share. */

/** How many workers there are to stop. */
export const WORKERS = 2;

/** Words of the shared memory; from `steps` on one for each worker. */
export const WORD = {
  flag: 0,
  arrived: 1,
  atBarrier: 2,
  generation: 3,
  safepoints: 4,
  end: 5,
  ready: 6,
  clock: 7,
  steps: 8,
};
