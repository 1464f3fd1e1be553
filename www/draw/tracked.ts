/** Functions that hear when what they have read is another. */
import { effect, signal, untracked } from '@preact/signals-core';

/**
 * Wraps a function, which is called by whoever gets the wrapper and by nothing else.
 *
 * @param run reads signals
 * @param stale called whenever one of those that it read last has another value; not before the first call
 * @returns runs it; what it throws is reported
 */
export function tracked(run: () => void, stale: () => void): () => void {
  const turn = signal(0);
  let isCalled = false;
  const turned = () => {
    void turn.value;
    if (!isCalled) return untracked(stale);
    isCalled = false;
    try {
      run();
    } catch (error) {
      reportError(error);
    }
  };
  let begun = false;
  return () => {
    isCalled = true;
    if (begun) turn.value += 1;
    else {
      begun = true;
      effect(turned);
    }
  };
}
