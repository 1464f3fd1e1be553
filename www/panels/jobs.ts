/**
 * The four jobs: what stands around lanes and program. Each has an address, so that every part leads to every other; no
 * element has such an id, or the browser would scroll to it.
 */
import { JOBS } from '../app/page-state.ts';
import { byId, set } from './dom.ts';
import type { Job, PageState } from '../app/page-state.ts';
import type { Store } from '../app/store.ts';

/** What the address ends with in a job; the usual one needs nothing. */
export function jobHash(job: Job) {
  return job === 'try' ? '' : `#${job}`;
}

/** @param lacks a job that there is no room for, as in a frame */
export function jobsView(store: Store<PageState>, lacks: Job | null = null) {
  const follow = () => {
    const job = JOBS.find((name) => location.hash === `#${name}`);
    if (job) store.set({ job: job === lacks ? 'try' : job });
  };
  addEventListener('hashchange', follow);
  store.watch(({ job }) => {
    document.body.dataset.job = job;
    for (const name of JOBS) {
      const link = byId(`job-${name}`);
      if (name === job) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    set(byId('lessons'), { hidden: job !== 'learn' });
    set(byId('comparison'), { hidden: job !== 'compare' });
    set(byId('lower'), { hidden: job === 'compare' });
  });
  store.on(['job'], ({ job, detail }) => {
    if (job === 'debug') store.set({ detail: 'tasks' });
    else if (detail === 'tasks') store.set({ detail: 'pause' });
  });
  follow();
  // A reload shows the same job, also one that was not chosen by its link.
  store.on(['job'], ({ job }) => {
    const isJob = location.hash === '' || JOBS.some((name) => location.hash === `#${name}`);
    if (isJob && location.hash !== `#${job}`)
      history.replaceState(null, '', location.pathname + location.search + jobHash(job));
  });
}
