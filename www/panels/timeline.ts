/** The timeline: a lane for each worker, and what of it is shown. */
import { STATE } from '../run/lane.ts';
import { rowsOf } from '../run/idle.ts';
import { instants, isCompleted } from '../run/pause-parts.ts';
import { stretchOf } from '../run/stretch.ts';
import { compact, duration, reasonText } from '../words/format.ts';
import { stretchText } from '../words/stretch-text.ts';
import { Plane } from '../draw/canvas.ts';
import { drawLanes, planLanes } from '../draw/lanes.ts';
import { liveScale, pauseScale, rangeScale, timeLabel } from '../draw/scale.ts';
import { pauseAt } from '../draw/pick.ts';
import { SPANS, isLive } from '../app/page-state.ts';
import { byId, set, setText } from './dom.ts';
import { gestures } from './gestures.ts';
import { legend } from './legend.ts';
import { marking } from './marking.ts';
import { endOf, movement } from './movement.ts';
import { READABLE } from './pace.ts';
import { pointedView } from './pointed.ts';
import type { PageState } from '../app/page-state.ts';
import type { Pause } from '../run/types.ts';
import type { Store } from '../app/store.ts';
import type { Commands } from '../app/commands.ts';
import type { Frames } from '../draw/frame.ts';
import type { Theme } from '../draw/theme.ts';
import type { Rates } from '../run/rates.ts';
import type { Range } from '../app/viewport.ts';
import type { Drawn } from './pointed.ts';

/** Pixels from the right end of the lanes to that of the picture. */
const MARGIN = 12;
/** What a press of a button or key does to what is shown. */
const ZOOM = 2;
const PAN = 0.2;

/** @returns the lanes, to be drawn anew */
export function timelineView({
  store,
  commands,
  frames,
  theme,
  now,
  rates,
  sampleRates,
}: {
  store: Store<PageState>;
  commands: Commands;
  frames: Frames;
  theme: { value: Theme };
  /** the engine's time, microseconds */
  now: () => number;
  /** how fast workers execute */
  rates: Rates;
  sampleRates: () => void;
}): { invalidate: () => void } {
  const canvas = byId<HTMLCanvasElement>('lanes');
  const title = byId('timeline-title');
  /** What was drawn last, for the pointer. */
  let drawn: Drawn | null = null;
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  let drawnOf = '';
  const scaleNow = (left: number, right: number) => {
    const { recording, step, view, range } = store.state;
    const pause = shownPause(store.state);
    const end = endOf(store.state, now);
    const begin = recording.begin || 0;
    if (pause) return scaleOf(pause, recording.resumptions.rows.get(pause.id), step, end, left, right);
    if (view === 'range') return rangeScale(range.from, range.to, begin, left, right);
    return liveScale(end, latestSpan(store.state), begin, left, right);
  };
  const planNow = (width: number) => {
    const { from, to } = scaleNow(0, width);
    return planLanes(rowsOf(store.state.recording.lanes, from, to), width, store.state.job === 'compare');
  };
  /** What a hand means: the picture that is seen, or what was chosen since and is about to be drawn. */
  const scaleMeant = () => {
    const { width } = plane;
    if (!drawn || width === 0 || drawnOf === whatIsShown(store.state)) return drawn?.scale ?? null;
    return scaleNow(planNow(width).left, width - MARGIN);
  };

  const meaning = legend();
  const plane = new Plane(canvas, () => lanes.invalidate());
  const lanes = frames.add(() => {
    const { recording, step, status, selected } = store.state;
    const { width } = plane;
    if (width === 0) return;
    sampleRates();
    const pause = shownPause(store.state);
    const plan = planNow(width);
    const ctx = plane.prepare(plan.total);
    const end = endOf(store.state, now);
    const scale = scaleNow(plan.left, width - MARGIN);
    drawn = { scale, plan, pause };
    drawnOf = whatIsShown(store.state);
    words.invalidate();
    meaning.explain({ rates: plan.rates && !pause && isLive(status), missing: recording.dropped > 0 });
    const rect = { width, height: plan.total };
    const drawnEnd = pause ? Math.max(scale.to, end) : end;
    drawLanes(ctx, rect, {
      recording,
      scale,
      plan,
      theme: theme.value,
      step,
      now: drawnEnd,
      pause,
      // Of one that stands still the last rate is none any more.
      rates: rates.perSecond.map((rate, i) => (recording.lanes[i]?.current === STATE.running ? rate : NaN)),
      selected,
    });
    marks.place();
    point();
  }, 40);
  lanes.within(canvas);
  const box = canvas.parentElement as HTMLElement;
  const point = pointedView(box, canvas, { plane, drawn: () => drawn, state: () => store.state });
  const titleNow = () => titleOf(store.state, endOf(store.state, now));
  /** Events that came since the last change of the state may have made it longer, or be missing. */
  const words = frames.add(() => {
    setText(title, titleNow());
    canvas.setAttribute('aria-label', describeLanes(store.state));
  }, READABLE);

  // Live, as often as it moves by a pixel; under the user's hand, at once.
  const pace = () => {
    const { view, span } = store.state;
    const pixel = span / 1000 / Math.max(1, plane.width);
    const moving = Math.min(1000, Math.max(40, pixel));
    lanes.setInterval(view === 'range' ? 0 : still.matches ? 1000 : moving);
  };
  still.addEventListener('change', pace);

  store.watch(pace);

  const move = movement(store, commands, scaleMeant, now);
  const marks = marking(box, {
    store,
    commands,
    scale: scaleMeant,
    width: () => plane.width,
    move,
    says: () => {
      const { marked, range } = store.state;
      return rangeText(store.state, marked ?? range, endOf(store.state, now));
    },
  });
  gestures(canvas, (event) => plane.point(event).x, {
    zoom: move.zoom,
    pan: move.pan,
    mark: marks.mark,
    marked: marks.end,
  });
  const previous = byId<HTMLButtonElement>('pause-previous');
  const next = byId<HTMLButtonElement>('pause-next');
  const live = byId('go-live');
  const closer = byId<HTMLButtonElement>('zoom-in');
  const farther = byId<HTMLButtonElement>('zoom-out');
  previous.addEventListener('click', () => commands.stepPause(-1));
  next.addEventListener('click', () => commands.stepPause(1));
  closer.addEventListener('click', () => move.zoom(1 / ZOOM));
  farther.addEventListener('click', () => move.zoom(ZOOM));
  byId('zoom-all').addEventListener('click', move.all);
  live.addEventListener('click', () => commands.goLive());
  /** Where there is no live view, the whole run takes its place. */
  const home = () => (store.state.replay ? move.all() : commands.goLive());
  /** What a stretch was chosen from. */
  let before: PageState['view'] = 'live';
  store.on(['view'], ({ view }) => {
    if (view !== 'range') before = view;
  });
  const back = () => {
    const { view, selected } = store.state;
    if (view === 'range' && before === 'pause' && selected !== null) commands.select(selected);
    else home();
  };
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (marks.key(event)) {
      event.preventDefault();
      return;
    }
    const side = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (side !== 0 && event.shiftKey) move.by(side * PAN);
    else if (side !== 0) commands.stepPause(side);
    else if (event.key === '+' || event.key === '=') move.zoom(1 / ZOOM);
    else if (event.key === '-') move.zoom(ZOOM);
    else if (event.key === '0') move.all();
    else if (event.key === 'Home') home();
    else if (event.key === 'Escape') back();
    else return;
    event.preventDefault();
  });
  canvas.addEventListener('click', (event) => {
    const { recording, view } = store.state;
    const meant = scaleMeant();
    if (!meant || view === 'pause') return;
    const id = pauseAt(recording.pauses, meant, plane.point(event).x);
    if (id !== null) commands.select(id);
  });

  store.watch(({ view, selected, recording, span, status }) => {
    set(live, { ariaPressed: String(view === 'live') });
    const follows = view === 'live' && isLive(status) && !recording.held;
    set(closer, { disabled: follows && span <= SPANS.least });
    set(farther, { disabled: follows && span >= SPANS.most });
    const pause = selected === null ? null : recording.pause(selected);
    setText(title, titleNow());
    const current = selected ?? recording.last?.id ?? null;
    const first = selected !== null && pause !== null && !recording.neighbour(selected, -1);
    const last = current === null || selected === null || !recording.neighbour(current, 1);
    set(previous, { disabled: recording.last === null || first });
    set(next, { disabled: last });
  });

  return lanes;
}

/** @param state what the picture is of; the live view moves by itself and stays the same */
function whatIsShown(state: PageState) {
  const { view, selected, range } = state;
  if (view === 'live') return `last ${latestSpan(state)}`;
  return view === 'pause' ? `pause ${selected}` : `${range.from} to ${range.to}`;
}

/** @param now up to when there is something to be seen */
function rangeText({ recording, step }: PageState, { from, to }: Range, now: number) {
  const begin = recording.begin || 0;
  const ends = stretch(Math.min(from, to) - begin, Math.max(from, to) - begin);
  return `${ends} · ${stretchText(stretchOf(recording, from, to, now), step)}`;
}

/**
 * @param state what of it is shown, and what is missing in it
 * @param now up to when there is something to be seen
 */
function titleOf(state: PageState, now: number) {
  const { view, selected, recording, range, replay, marked } = state;
  if (marked) return `marked: ${rangeText(state, marked, now)}`;
  const pause = selected === null ? null : recording.pause(selected);
  const mark = replay ? 'recorded · ' : '';
  if (view === 'pause' && pause) return `${mark}pause ${pause.id}, ${reasonText(pause)}`;
  const begin = recording.begin || 0;
  const span = latestSpan(state);
  const { from, to } = view === 'range' ? range : { from: recording.latest - span, to: recording.latest };
  const latest = view === 'live' && span === state.span;
  const shown = latest
    ? `the last ${lasting(span)}`
    : view === 'range'
      ? rangeText(state, range, now)
      : stretch(from - begin, to - begin);
  const said = [mark + shown];
  if (recording.whole > Math.max(from, begin))
    said.push(`before ${timeLabel(recording.whole - begin, 1e5)} only shares of time are kept`);
  const { run, program } = state;
  if (!replay && run?.program && program && run.program.name !== program.name)
    said.push(`the run of "${run.program.name}"`);
  if (recording.dropped > 0) said.push(`events missing below the red line: ${compact(recording.dropped)}`);
  return said.join(' · ');
}

/** How much is shown where the user has chosen no stretch; of a run that is over, no more than there was. */
function latestSpan({ recording, span, status }: PageState) {
  const length = recording.latest - recording.begin;
  return length > 0 && !isLive(status) ? Math.min(span, length) : span;
}

/** @param from since the run's begin */
function stretch(from: number, to: number) {
  // Two digits of what is shown, no finer.
  const step = 10 ** Math.floor(Math.log10(Math.max(1, to - from) / 10));
  return `${timeLabel(Math.max(0, from), step)} to ${timeLabel(to, step)}`;
}

function lasting(us: number) {
  return timeLabel(us, us < 60e6 ? 1 : 1e6);
}

function shownPause({ view, selected, recording }: PageState): Pause | null {
  return view === 'pause' && selected !== null ? recording.pause(selected) : null;
}

function scaleOf(
  pause: Pause,
  resumed: Float64Array | undefined,
  step: number,
  end: number,
  left: number,
  right: number,
) {
  const { requested, armed, stopped, done, release, released } = instants(pause);
  const inVain = !isCompleted(pause);
  let last = released ?? end;
  if (resumed && release !== null) for (const time of resumed) if (time > last) last = time;
  return pauseScale({ requested, armed, stopped, done, release, last, step, inVain }, left, right);
}

function describeLanes(state: PageState) {
  const { recording, step } = state;
  const pause = shownPause(state);
  const names = recording.lanes.map((lane) => lane.current);
  const of = state.replay ? 'Recorded run. ' : '';
  if (pause) {
    return `${of}Pause ${pause.id}: ${recording.workers} workers, time to safepoint ${duration(pause.ttsp, step)}. The table below lists each worker. Left and right arrow: other pauses; plus and minus: a closer or wider look; Enter marks a stretch.`;
  }
  const number = (which: number) => names.filter((name) => name === which).length;
  return (
    `${of}Lanes of ${recording.workers} workers: ${number(STATE.running)} running, ${number(STATE.stopped)} stopped, ` +
    `${number(STATE.idle) + number(STATE.safe)} waiting. Left arrow: the last pause; plus and minus: a shorter or longer time; with shift the arrows move it, 0 shows all of the run, Enter marks a stretch of it.`
  );
}
