/** What a run has shown of the program, beside its text: how often sites polled, and which workers stopped where. */
import { compact } from '../words/format.ts';
import { ADAPTS, often } from '../run/policy.ts';
import { isOfRun } from '../app/page-state.ts';
import { READABLE } from './pace.ts';
import type { PageState } from '../app/page-state.ts';
import type { ListingRow } from '../run/types.ts';
import type { Place } from '../run/heat.ts';
import type { Store } from '../app/store.ts';
import type { Frames } from '../draw/frame.ts';
import type { Editor } from './editor.ts';

export function evidence(store: Store<PageState>, frames: Frames, editor: Editor) {
  const show = () => editor.showEvidence(pollMarks(store.state), heatMarks(store.state));
  const figures = frames.add(show, READABLE);
  figures.within(editor.view.dom);
  store.on(['program', 'policy', 'run'], show);
}

/**
 * Whether a site of the program that is shown polls, and how often it has: in the run that is on or was
 * last, if that is the program's; otherwise as it would be run.
 */
export function siteOf(state: PageState, row: ListingRow): { on: boolean; hits: number | null } {
  const { site } = row;
  const { program, policy, hits } = state;
  const ran = isOfRun(state);
  const inForce = policy ?? program?.policy;
  const on = inForce !== undefined && often(row, inForce) > 0;
  return { on, hits: ran && site !== null ? (hits?.[site] ?? null) : null };
}

export function polled(hits: number) {
  return hits === 0 ? 'has not polled yet' : `polled ${times(hits)}`;
}

/** What the program says of a site; null if it says nothing. */
export function placement({ placed = null }: ListingRow) {
  if (placed === null) return null;
  const when =
    placed === ADAPTS
      ? 'as seldom as its time allows'
      : (['never', 'always'][placed] ?? `at every ${placed}th turn`);
  return `, polls ${when} by the program’s directive`;
}

function pollMarks(state: PageState) {
  const lines: Map<number, { on: boolean; hits: number | null; said: string[] }> = new Map();
  for (const row of state.program?.listing ?? []) {
    if (row.line === null || row.poll === null) continue;
    const { on, hits } = siteOf(state, row);
    const line = lines.get(row.line) ?? { on: false, hits: null, said: [] };
    line.on ||= on;
    if (hits !== null) line.hits = (line.hits ?? 0) + hits;
    line.said.push(
      `${row.poll}${row.words ? ` of ${row.words}` : ''}${placement(row) ?? (on ? '' : ', switched off')}${hits === null ? '' : `, ${polled(hits)} in this run`}`,
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

function heatMarks(state: PageState) {
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

export function arrivals({ stopped, away, last }: Place) {
  const said = [];
  if (stopped > 0) said.push(`At pauses a worker stopped here ${times(stopped)}`);
  if (last > 0) said.push(`was the last one ${times(last)}`);
  if (away > 0)
    said.push(
      `${stopped > 0 ? '' : 'At pauses a worker '}was away from here, in a safe region, ${times(away)}`,
    );
  return said.join(', ');
}

function times(n: number) {
  return n === 1 ? 'once' : `${n.toLocaleString('en')} times`;
}
