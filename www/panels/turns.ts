/** Placements of polls by turns: one press measures them, and a table shows what they cost and bring. */
import { hasEngine } from '../run/phases.ts';
import { count, plural, round, tick } from '../words/format.ts';
import { changeText, placementText, rateText, turnsText, waitText } from '../words/turns-text.ts';
import { inSlices } from '../app/slices.ts';
import { recordedPart } from '../app/kept-runs.ts';
import { replaying } from '../run/replayed.ts';
import { took } from '../words/pair-text.ts';
import { ENOUGH, compare, isEnough } from '../run/turns.ts';
import { logScale } from '../draw/scale.ts';
import { EVERY_MS, PLACEMENTS, ROUNDS, TURN_MS, byTurns } from '../app/turns.ts';
import { byId, fill, make, set, setText, table } from './dom.ts';
import { pairView, sideOf } from './pair.ts';
import type { Page } from './page.ts';
import type { Progress } from '../app/turns.ts';
import type { Side } from './pair.ts';
import type { Compared, Turn } from '../run/turns.ts';

export function turnsView({
  store,
  commands,
  summary,
  part,
  source,
  frames,
  theme,
}: Pick<Page, 'store' | 'commands' | 'summary' | 'frames' | 'theme'> & {
  /** what is kept of the lanes of the run that has just ended */
  part: () => Promise<string | null>;
  /** the text in the editor */
  source: () => string;
}) {
  const button = byId<HTMLButtonElement>('turns');
  const box = byId('turns-table');
  const pair = pairView(byId('turns-pair'), { frames, theme, isBrief: true });
  let running: AbortController | null = null;

  button.addEventListener('click', () => {
    if (running) running.abort();
    else void commands.attempt(start);
  });

  async function start() {
    const controller = new AbortController();
    running = controller;
    try {
      const turns = await byTurns({ store, commands, summary, part }, source(), show, controller.signal);
      await showStops(turns);
    } finally {
      running = null;
      draw();
    }
  }

  /** The longest stop of the last turn with the first placement, beside that with the last one. */
  async function showStops(turns: Turn[]) {
    const kept = turns.filter(({ summary }) => summary.part !== undefined);
    const [one, other] = await Promise.all([kept.at(0), kept.at(-1)].map(stopOf));
    if (kept.length > 1 && one && other) pair.show([one, other]);
  }

  async function stopOf(turn: Turn | undefined): Promise<Side | null> {
    const placement = turn && PLACEMENTS[turn.policy];
    const run = placement && turn.summary.part !== undefined ? await recordedPart(turn.summary.part) : null;
    const recording = run && (await inSlices(replaying(run)));
    const pause = recording?.pause(run?.selected ?? NaN);
    return placement && run && recording && pause
      ? sideOf({
          name: `Polls at ${placementText(placement)}: the longest stop of its last turn, ${took(pause, run.clockStep)}`,
          run,
          recording,
          pause,
        })
      : null;
  }

  function show({ turns, isRunning, ended }: Progress) {
    const all = compare(PLACEMENTS, turns);
    const done = `${turns.length} of ${ROUNDS * PLACEMENTS.length} turns`;
    const step = store.state.step;
    const known = isEnough(PLACEMENTS, turns);
    const few = isRunning ? `Measuring: ${done}.` : `Fewer than ${ENOUGH} rounds tell nothing apart.`;
    const text = known ? turnsText(all, step) : few;
    setText(byId('turns-said'), text);
    setText(
      byId('turns-note'),
      [noteOf(done, isRunning), ended && `It ended early: ${ended}.`].filter(Boolean).join(' '),
    );
    if (all.length > 0) fill(box, turnsTable(all, step, known));
    if (!isRunning) store.set({ spoken: text });
    draw();
  }

  const noteOf = (done: string, isRunning: boolean) =>
    `${done}, ${TURN_MS / 1000} s each, in every round each placement once; a stop requested every ${EVERY_MS} ms, polls not counted` +
    `${isRunning ? '' : `, ${plural(store.state.workers, 'worker')} on ${plural(store.state.cores, 'core')}`}.`;

  function draw() {
    setText(button, running ? 'Stop measuring' : 'Measure by turns');
  }
  store.watch(({ status, errors, replay, program }) => {
    const can = hasEngine(status) && status !== 'starting' && program && errors.length === 0;
    set(button, { disabled: !running && (!can || replay !== null) });
  });
}

/** @param known whether there were rounds enough */
function turnsTable(all: Compared[], step: number, known: boolean) {
  const fastest = Math.max(1, ...all.flatMap(({ rates }) => rates)) * 1.05;
  const waits = all.flatMap(({ waits: own, longest }) => [...own, longest]).filter((us) => us > 0);
  const { at, ticks } = logScale(Math.min(1000, ...waits), Math.max(1000, ...waits), 0, 100);
  const body = make('tbody');
  all.forEach((one, i) => {
    const change = i === 0 ? 'compared with' : known && one.ratio ? changeText(one.ratio) : '–';
    body.append(
      make(
        'tr',
        {},
        make('th', { scope: 'row', text: placementText(one.placement) }),
        make('td', { class: 'dots' }, dots(one.rates.map((rate) => (rate / fastest) * 100))),
        make('td', { class: 'figure', text: rateText(one.rates) }),
        make('td', { class: 'figure', text: change }),
        make(
          'td',
          { class: 'dots' },
          dots(
            one.waits.map((us) => at(Math.max(us, step))),
            at(Math.max(one.longest, step)),
          ),
        ),
        make('td', { class: 'figure', text: waitText(one, step) }),
        make('td', { class: 'figure', text: String(one.requests) }),
        make('td', {
          class: 'figure',
          text: one.summary.bound === null ? 'none' : String(one.summary.bound),
        }),
      ),
    );
  });
  const heads = [
    'Polls at',
    'Work',
    { figure: 'Instructions per second' },
    { figure: 'Change' },
    'Time to safepoint',
    { figure: 'Median, longest' },
    { figure: 'Requests' },
    { figure: 'Bound' },
  ];
  const [least = 1] = ticks;
  const scales = `Work from 0 to ${round(count(fastest))}/s; time to safepoint from ${tick(least)} to ${tick(ticks.at(-1) ?? least)}, logarithmic, of each request that was due, from when it was. A dot is a turn, the line ends at the longest. More work is better, a shorter time is better.`;
  return table(scales, heads, body);
}

/** Places from left to right, percent, and how far the longest reaches. */
function dots(places: number[], reach: number | null = null) {
  const box = make('div', { class: 'dot-plot', 'aria-hidden': 'true' });
  const [from] = places.toSorted((a, b) => a - b);
  if (reach !== null && from !== undefined) {
    const line = make('i', { class: 'line' });
    Object.assign(line.style, { left: `${from}%`, width: `${Math.max(0, reach - from)}%` });
    box.append(line);
  }
  for (const place of places) {
    const dot = make('i');
    dot.style.left = `${place}%`;
    box.append(dot);
  }
  return box;
}
