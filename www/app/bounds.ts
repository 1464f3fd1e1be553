/** The longest paths without a poll of the loaded program, where it is to poll at the next run. */
import { samePolicy } from '../run/policy.ts';
import type { Lab } from '../engine/lab.ts';
import type { Store } from './store.ts';
import type { PageState } from './page-state.ts';

export function watchBounds({ lab, store }: { lab: Lab; store: Store<PageState> }) {
  store.on(['program', 'policy'], ({ program, policy }) => {
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
