/** Runs that were kept to be compared: in this visit and in the next. */
import { readSummaries } from '../data/run-summary.js';

const KEY = 'safepoint-lab.runs';
export const MOST = 8;

/** @returns {import('../data/run-summary.js').RunSummary[]} */
export function rememberedRuns() {
  try {
    return readSummaries(JSON.parse(localStorage.getItem(KEY) ?? '[]')).slice(0, MOST);
  } catch {
    return [];
  }
}

/** @param {import('../data/run-summary.js').RunSummary[]} runs */
export function rememberRuns(runs) {
  try {
    localStorage.setItem(KEY, JSON.stringify(runs));
  } catch {
    // Storage may be switched off or full; they then last until the page is left.
  }
}
