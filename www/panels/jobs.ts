/**
 * The jobs: what stands around lanes and program. Each has an address, so that every part leads to every other; no
 * element has such an id, or the browser would scroll to it.
 */
import { JOBS } from '../app/page-state.ts';
import { byId, set } from './dom.ts';
import type { Job, PageState } from '../app/page-state.ts';
import type { Store } from '../app/store.ts';

/** What the address ends with in a job; the usual one needs nothing. A famous pause has an address of its own. */
export function jobHash({ job, famous }: Pick<PageState, 'job' | 'famous'>) {
  if (job === 'famous' && famous !== null) return `#famous/${famous}`;
  return job === 'try' ? '' : `#${job}`;
}

/** @returns null where the address names no job */
function jobOf(hash: string): Pick<PageState, 'job' | 'famous'> | null {
  const [, name, , famous] = /^#([a-z]+)(\/([a-z-]*))?$/.exec(hash) ?? [];
  const job = JOBS.find((one) => one === name);
  return job && (famous === undefined || job === 'famous') ? { job, famous: famous || null } : null;
}

/** @param lacks a job that there is no room for, as in a frame */
export function jobsView(store: Store<PageState>, lacks: Job | null = null) {
  const follow = () => {
    const found = jobOf(location.hash);
    if (found?.job === 'famous') store.set(found);
    else if (found) store.set({ job: found.job === lacks ? 'try' : found.job });
  };
  addEventListener('hashchange', follow);
  const skip = byId('skip-step');
  skip.addEventListener('click', () => {
    const rail = ['lessons', 'famous'].map((id) => byId(id)).find(({ hidden }) => !hidden);
    const step = rail?.querySelector<HTMLElement>('[aria-current="step"] button');
    (step ?? rail?.querySelector<HTMLElement>('h3'))?.focus();
  });
  store.watch(({ job }) => {
    document.body.dataset.job = job;
    for (const name of JOBS) {
      const link = byId(`job-${name}`);
      if (name === job) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    set(byId('lessons'), { hidden: job !== 'learn' });
    set(byId('famous'), { hidden: job !== 'famous' });
    set(byId('comparison'), { hidden: job !== 'compare' });
    set(byId('lower'), { hidden: job === 'compare' });
    set(skip, { hidden: job !== 'learn' && job !== 'famous' });
  });
  store.on(['job'], ({ job, detail }) => {
    if (job === 'debug') store.set({ detail: 'tasks' });
    else if (detail === 'tasks') store.set({ detail: 'pause' });
  });
  follow();
  // A reload shows the same job, also one that was not chosen by its link.
  store.on(['job', 'famous'], (state) => {
    const isJob = location.hash === '' || jobOf(location.hash) !== null;
    const hash = jobHash(state);
    if (isJob && location.hash !== hash && location.hash !== `#${state.job}`)
      history.replaceState(null, '', location.pathname + location.search + hash);
  });
}
