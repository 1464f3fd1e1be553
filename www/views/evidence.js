/** What a run has shown of the program, beside its text: how often sites polled, and which workers stopped where. */
import { compact } from '../data/format.js';
import { isOfRun } from '../state/page-state.js';
import { READABLE } from './pace.js';

/** @typedef {import('../state/page-state.js').PageState} PageState */
/** @typedef {import('../engine/types.js').ListingRow} ListingRow */
/** @typedef {import('../engine/types.js').PollPolicy} PollPolicy */
/** @typedef {import('../data/heat.js').Place} Place */

/** @type {Record<import('../engine/types.js').PollKind, 'calls' | 'back_edges' | 'allocations' | 'awaits'>} */
const SWITCH = { call: 'calls', 'back-edge': 'back_edges', allocation: 'allocations', await: 'awaits' };

/**
 * @param {import('../state/store.js').Store<PageState>} store
 * @param {import('../render/frame.js').Frames} frames
 * @param {import('./editor.js').Editor} editor
 */
export function evidence(store, frames, editor) {
  const show = () => editor.showEvidence(pollMarks(store.state), heatMarks(store.state));
  const figures = frames.add(show, READABLE);
  figures.within(editor.view.dom);
  store.watch(['program', 'policy', 'run'], show);
  store.watch(['hits', 'recorded'], figures.invalidate);
}

/**
 * Whether a site of the program that is shown polls, and how often it has: in the run that is on or was
 * last, if that is the program's; otherwise as it would be run.
 *
 * @param {PageState} state
 * @param {ListingRow} row
 * @returns {{ on: boolean, hits: number | null }}
 */
export function siteOf(state, { poll, site }) {
  const { program, policy, hits } = state;
  const ran = isOfRun(state);
  const inForce = policy ?? program?.policy;
  const on = poll !== null && inForce !== undefined && inForce[SWITCH[poll]];
  return { on, hits: ran && site !== null ? (hits?.[site] ?? null) : null };
}

/** @param {number} hits */
export function polled(hits) {
  return hits === 0 ? 'has not polled yet' : `polled ${times(hits)}`;
}

/** @param {PageState} state */
function pollMarks(state) {
  /** @type {Map<number, { on: boolean, hits: number | null, said: string[] }>} */
  const lines = new Map();
  for (const row of state.program?.listing ?? []) {
    if (row.line === null || row.poll === null) continue;
    const { on, hits } = siteOf(state, row);
    const line = lines.get(row.line) ?? { on: false, hits: null, said: [] };
    line.on ||= on;
    if (hits !== null) line.hits = (line.hits ?? 0) + hits;
    line.said.push(
      `${row.poll}${on ? '' : ', switched off'}${hits === null ? '' : `, ${polled(hits)} in this run`}`,
    );
    lines.set(row.line, line);
  }
  return [...lines].map(([line, { on, hits, said }]) => ({
    line,
    on,
    title: `Poll site: ${said.join('; ')}`,
    hits: hits ? compact(hits) : '',
  }));
}

/** @param {PageState} state */
function heatMarks(state) {
  if (!isOfRun(state)) return [];
  const { recording } = state;
  const lines = [...recording.heat.byLine()].filter(([, { stopped, away }]) => stopped + away > 0);
  const most = Math.max(...lines.map(([, { stopped, away }]) => stopped + away));
  return lines.map(([line, place]) => ({
    line,
    share: (place.stopped + place.away) / most,
    title: `${arrivals(place)} in this run. The bar compares the lines by that.`,
  }));
}

/** @param {Place} place */
export function arrivals({ stopped, away, last }) {
  const said = [];
  if (stopped > 0) said.push(`At pauses a worker stopped here ${times(stopped)}`);
  if (last > 0) said.push(`was the last one ${times(last)}`);
  if (away > 0)
    said.push(
      `${stopped > 0 ? '' : 'At pauses a worker '}was away from here, in a safe region, ${times(away)}`,
    );
  return said.join(', ');
}

/** @param {number} n */
function times(n) {
  return n === 1 ? 'once' : `${n.toLocaleString('en')} times`;
}
