/** Runs set beside each other: what the polls cost, and what they bring. */
import { REASON_NAMES, count, duration, plural, policyText } from '../words/format.ts';
import { carries } from '../run/percentiles.ts';
import { TELLABLE, difference } from '../run/run-summary.ts';
import { Plane } from '../draw/canvas.ts';
import { drawCompare } from '../draw/compare-chart.ts';
import { MOST } from '../app/kept-runs.ts';
import { byId, fill, make, set, table } from './dom.ts';
import { READABLE } from './pace.ts';
import type { RunSummary } from '../run/run-summary.ts';
import type { Row } from '../draw/compare-chart.ts';
import type { Page } from './page.ts';
import type { KeptRuns } from '../app/kept-runs.ts';

const HEIGHT = 256;

export function compareView({
  store,
  frames,
  theme,
  commands,
  summary,
  kept,
  part,
}: Pick<Page, 'store' | 'frames' | 'theme' | 'commands' | 'summary'> & {
  kept: KeptRuns;
  /** what is kept of its lanes; null for nothing */
  part: () => Promise<string | null>;
}) {
  const canvas = byId<HTMLCanvasElement>('compare-chart');
  const box = byId('compare-table');
  const keep = byId<HTMLButtonElement>('compare-keep');

  keep.addEventListener('click', () => {
    const run = summary();
    if (!run || store.state.runs.length >= MOST) return;
    void commands.attempt(async () => {
      const lanes = await part();
      kept.add(lanes === null ? run : { ...run, part: lanes });
      const name = `Kept as run ${letter(store.state.runs.length - 1)}`;
      const { compared } = store.state;
      store.set({
        compared: compared === 'turns' ? 'kept' : compared,
        spoken: `${name}${lanes === null ? ', without its lanes' : ''}. Change something and run again.`,
      });
    });
  });
  box.addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest('button[data-run]');
    if (!(button instanceof HTMLElement)) return;
    kept.remove(Number(button.dataset.run));
    keep.focus();
  });

  const plane = new Plane(canvas, () => view.invalidate());
  const view = frames.add(() => {
    const { runs } = store.state;
    const now = summary();
    keep.disabled = now === null || !hasWaited(now) || runs.length >= MOST;
    byId('compare-note').textContent = note(now, runs.length, store.state.status === 'stopped');
    const rows: Row[] = runs.map((one, i) => ({ label: letter(i), summary: one, live: false }));
    if (now) rows.push({ label: 'now', summary: now, live: true });
    canvas.setAttribute(
      'aria-label',
      `${plural(rows.length, 'run')}: instructions per second against time to safepoint; the table has the figures`,
    );
    const { width } = plane;
    // Axes without a dot would show figures that are of no run.
    set(canvas, { hidden: !rows.some((row) => hasWaited(row.summary)) });
    if (width > 0 && !canvas.hidden)
      drawCompare(plane.prepare(HEIGHT), { width, height: HEIGHT }, { rows, theme: theme.value });
    fill(box, compareTable(rows, store.state.replay ? 'Recorded run' : 'This run'));
  }, READABLE);
  view.within(byId('comparison'));
}

/** What a kept run is called. */
export function letter(index: number) {
  return String.fromCharCode(65 + index);
}

function note(now: RunSummary | null, kept: number, isHeld: boolean) {
  if (kept >= MOST) return `${MOST} runs are kept; remove one to keep another.`;
  if (!now) return 'Run a program, then keep its figures here and run it again with other polls.';
  if (!hasWaited(now))
    return `A run can be kept once a pause is over: ${isHeld ? 'press Resume' : 'press GC, or switch Automatic on under Run settings'}.`;
  if (kept === 0) return 'Keep this run, change where it polls under Run settings, and run again.';
  return 'A higher dot ran faster, a dot further left stopped sooner. A dot is the median, its line ends at the worst; an arrow: a request was not answered.';
}

/** @param name of the run that is shown */
function compareTable(rows: Row[], name: string) {
  const body = make('tbody');
  const first = rows[0]?.summary;
  rows.forEach(({ label, summary, live }, i) => {
    const figure = (text: string) => make('td', { class: 'figure', text });
    const change =
      i > 0 && first && comparable(summary, first)
        ? difference(summary.instructions, first.instructions)
        : '';
    const isOpen = (us: number) => summary.atLeast !== null && us >= (summary.atLeast ?? Infinity);
    const time = (us: number, atLeast = isOpen(us)) => {
      if (!hasWaited(summary)) return '–';
      return `${atLeast ? '≥\u202f' : ''}${duration(us, summary.step)}`;
    };
    body.append(
      make(
        'tr',
        { class: live ? 'selected' : null },
        make('th', { scope: 'row', text: live ? name : `Run ${label}` }),
        make('td', { text: summary.program }),
        make('td', { class: 'site', text: policyText(summary.policy) }),
        figure(`${summary.workers} on ${plural(summary.cores, 'core')}`),
        figure(`${instructionsText(summary)}${change && ` (${change})`}`),
        figure(summary.counted === false ? 'not counted' : `${count(summary.polls)}/s`),
        figure(
          `${summary.pauses} ${REASON_NAMES[summary.reason]}${summary.givenUp ? `, ${summary.givenUp} given up` : ''}`,
        ),
        figure(time(summary.ttsp.p50, summary.isHalfOpen)),
        figure(carries(summary.due ?? summary.pauses, 'p99') ? time(summary.ttsp.p99) : '–'),
        figure(time(summary.ttsp.max)),
        figure(duration(summary.wasted, summary.step)),
        figure(boundText(summary)),
        figure(summary.longest ? String(summary.longest) : '–'),
        make(
          'td',
          {},
          live
            ? null
            : make('button', {
                type: 'button',
                class: 'link',
                'data-run': i,
                'aria-label': `Remove run ${label}`,
                text: 'Remove',
              }),
        ),
      ),
    );
  });
  if (rows.length === 0)
    body.append(make('tr', {}, make('td', { colspan: 14, class: 'none', text: 'No run yet.' })));
  const heads = [
    'Run',
    'Program',
    'Polls at',
    { figure: 'Workers' },
    { figure: 'Instructions' },
    { figure: 'Polls' },
    { figure: 'Pauses' },
    { figure: 'To safepoint, p50' },
    { figure: 'p99' },
    { figure: 'Longest' },
    { figure: 'Wasted' },
    { figure: 'Bound' },
    { figure: 'Measured' },
    make('span', { class: 'sr-only', text: 'Remove' }),
  ];
  const caption = `Cost: instructions per second of all workers, while they could run, in one run each: the machine alone makes a difference of ${TELLABLE * 100}\u202f% and often more, so what polls cost is told under Policies by turns. Counted polls cost more than others. Benefit: time to safepoint, of each request from when it was due; a request that was given up or waits still counts as at least the time that it waited. A p99 needs a hundred requests. Bound: instructions at most between two polls, from the program alone. Measured: the most that a worker executed from one poll to the next.`;
  return table(caption, heads, body);
}

/** Whether a request waited for a stop in it. */
function hasWaited({ pauses, givenUp = 0 }: RunSummary) {
  return pauses + givenUp > 0;
}

/** Whether they were measured in the same way, and wholly. */
function comparable(a: RunSummary, b: RunSummary) {
  return (
    !a.uncounted &&
    !b.uncounted &&
    (a.counted ?? true) === (b.counted ?? true) &&
    (a.compiles ?? false) === (b.compiles ?? false)
  );
}

function instructionsText({ instructions, uncounted = 0, workers }: RunSummary) {
  if (uncounted >= workers) return 'not known';
  const rate = `${count(instructions)}/s`;
  return uncounted > 0 ? `≥\u202f${rate}, ${plural(uncounted, 'worker')} not counted` : rate;
}

function boundText({ bound, perFrame }: RunSummary) {
  if (bound === 'unknown') return 'not known';
  return bound === null ? 'none' : `${bound}${perFrame ? ' a frame' : ''}`;
}
