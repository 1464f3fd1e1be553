/** How often the page changes its figures and sentences by itself. */
import type { PageState } from '../app/page-state.ts';

/** Least milliseconds between two sets of figures: no user reads them more often. */
export const READABLE = 1000;
/** Least milliseconds between two answers to who looks at one pause, and then at another. */
const SOON = 250;

/** @returns least milliseconds between two drawings of what is said of the pause that is looked at */
export function readable({ view }: PageState): number {
  return view === 'live' ? READABLE : SOON;
}
