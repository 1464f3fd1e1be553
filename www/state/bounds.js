/** The longest paths without a poll of the loaded program, where it is to poll at the next run. */
import { samePolicy } from '../data/run-summary.js';

/**
 * @param {object} parts
 * @param {import('../engine/lab.js').Lab} parts.lab
 * @param {import('./store.js').Store<import('./page-state.js').PageState>} parts.store
 */
export function watchBounds({ lab, store }) {
  store.watch(['program', 'policy'], ({ program, policy }) => {
    const own = program && (!policy || samePolicy(policy, program.policy)) ? program.bounds : null;
    store.set({ bounds: own });
    if (own || !policy || !program || lab.program !== program) return;
    lab.bounds(policy).then(
      (bounds) => {
        if (store.state.program === program && store.state.policy === policy) store.set({ bounds });
      },
      // An engine that is being replaced has no answer; what went wrong with it is told elsewhere.
      () => {},
    );
  });
}
