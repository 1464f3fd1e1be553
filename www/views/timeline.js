/** The timeline: lanes, the pause in a sentence, and its workers by lateness. */
import { STATE } from '../data/lane.js';
import { Rates } from '../data/rates.js';
import { instants } from '../data/recording.js';
import { REASON_NAMES, duration, plural } from '../data/format.js';
import { prepare, watchWidth } from '../render/canvas.js';
import { drawLanes, planLanes } from '../render/lanes.js';
import { liveScale, pauseScale } from '../render/scale.js';
import { SPANS, isLive } from '../state/page-state.js';
import { byId, make, setText } from './dom.js';
import { explained } from './terms.js';
import { waterfall } from './waterfall.js';

/** @typedef {import('../state/page-state.js').PageState} PageState */
/** @typedef {import('../engine/types.js').Pause} Pause */

/** Pixels from the right end of the lanes to that of the picture. */
const MARGIN = 12;

/**
 * @param {object} parts
 * @param {import('../state/store.js').Store<PageState>} parts.store
 * @param {import('../state/commands.js').Commands} parts.commands
 * @param {import('../render/frame.js').Frames} parts.frames
 * @param {{ value: import('../render/theme.js').Theme }} parts.theme
 * @param {() => number} parts.now the engine's time, microseconds
 * @param {() => number[]} parts.instructions executed so far, by worker
 * @param {() => void} parts.download
 * @returns {{ invalidate: () => void }} the lanes, to be drawn anew
 */
export function timelineView({ store, commands, frames, theme, now, instructions, download }) {
  const canvas = /** @type {HTMLCanvasElement} */ (byId('lanes'));
  const title = byId('timeline-title');
  /** What was drawn last, for the pointer. @type {import('../render/scale.js').Scale | null} */
  let scale = null;
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  const rates = new Rates();
  const lanes = frames.add(() => {
    const { recording, step, status, selected, span } = store.state;
    const width = canvas.clientWidth;
    if (width === 0) return;
    if (status === 'running') rates.sample(instructions);
    else rates.reset();
    const pause = shownPause(store.state);
    const plan = planLanes(recording.workers, width);
    const ctx = prepare(canvas, width, plan.total);
    const end = isLive(status) && !recording.held ? Math.max(now(), recording.latest) : recording.latest;
    scale = pause
      ? scaleOf(pause, recording.resumed.get(pause.id), step, end, plan.left, width - MARGIN)
      : liveScale(end, span, recording.begin || 0, plan.left, width - MARGIN);
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
      rates: rates.perSecond,
      selected,
    });
  }, 40);

  watchWidth(canvas, lanes.invalidate);
  const pace = () => lanes.setInterval(still.matches ? 1000 : store.state.recording.workers > 8 ? 66 : 40);
  still.addEventListener('change', pace);

  store.watch(['recording', 'view', 'selected', 'recorded', 'status', 'step', 'span'], () => {
    pace();
    lanes.invalidate();
  });

  const previous = /** @type {HTMLButtonElement} */ (byId('pause-previous'));
  const next = /** @type {HTMLButtonElement} */ (byId('pause-next'));
  const live = byId('go-live');
  const closer = /** @type {HTMLButtonElement} */ (byId('zoom-in'));
  const farther = /** @type {HTMLButtonElement} */ (byId('zoom-out'));
  previous.addEventListener('click', () => commands.stepPause(-1));
  next.addEventListener('click', () => commands.stepPause(1));
  closer.addEventListener('click', () => commands.zoom(0.5));
  farther.addEventListener('click', () => commands.zoom(2));
  live.addEventListener('click', () => store.set({ view: 'live' }));
  canvas.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowLeft') commands.stepPause(-1);
    else if (event.key === 'ArrowRight') commands.stepPause(1);
    else if (event.key === '+' || event.key === '=') commands.zoom(0.5);
    else if (event.key === '-') commands.zoom(2);
    else if (event.key === 'Home' || event.key === 'Escape') store.set({ view: 'live' });
    else return;
    event.preventDefault();
  });
  canvas.addEventListener('click', (event) => {
    const { recording, view } = store.state;
    if (!scale || view === 'pause') return;
    const id = pauseAt(recording.pauses, scale, event.offsetX);
    if (id !== null) commands.select(id);
  });

  store.watch(
    ['view', 'selected', 'recorded', 'recording', 'span'],
    ({ view, selected, recording, span }) => {
      live.setAttribute('aria-pressed', String(view === 'live'));
      closer.disabled = view !== 'live' || span <= SPANS.least;
      farther.disabled = view !== 'live' || span >= SPANS.most;
      const pause = selected === null ? null : recording.pause(selected);
      setText(
        title,
        view === 'pause' && pause
          ? `pause ${pause.id}, ${REASON_NAMES[pause.reason]}`
          : `the last ${span / 1e6} s${lost(recording)}`,
      );
      const current = selected ?? recording.last?.id ?? null;
      previous.disabled =
        recording.last === null || (selected !== null && !recording.neighbour(selected, -1));
      next.disabled = current === null || selected === null || !recording.neighbour(current, 1);
    },
  );

  evidence(store, frames, download);
  legend();
  return lanes;
}

/** @param {import('../data/recording.js').Recording} recording */
function lost({ dropped }) {
  return dropped > 0 ? ` · ${plural(dropped, 'event')} came too fast to be read` : '';
}

/** @param {PageState} state @returns {Pause | null} */
function shownPause({ view, selected, recording }) {
  return view === 'pause' && selected !== null ? recording.pause(selected) : null;
}

/**
 * @param {Pause} pause
 * @param {Float64Array | undefined} resumed
 * @param {number} step
 * @param {number} end
 * @param {number} left
 * @param {number} right
 */
function scaleOf(pause, resumed, step, end, left, right) {
  const { requested, armed, stopped, release, released } = instants(pause);
  let last = released ?? end;
  if (resumed && release !== null) for (const time of resumed) if (time > last) last = time;
  return pauseScale({ requested, armed, stopped, release, last, step }, left, right);
}

/**
 * @param {Pause[]} pauses
 * @param {import('../render/scale.js').Scale} scale
 * @param {number} x
 * @returns {number | null} the pause within 8 pixels
 */
function pauseAt(pauses, scale, x) {
  let best = 8;
  let id = null;
  for (const pause of pauses) {
    const { armed, released } = instants(pause);
    const from = scale.x(armed);
    const to = scale.x(released ?? scale.to);
    if (to <= scale.x(scale.from)) continue;
    const distance = x < from ? from - x : x > to ? x - to : 0;
    if (distance > best) continue;
    best = distance;
    id = pause.id;
  }
  return id;
}

/**
 * The sentence and the table below the lanes.
 *
 * @param {import('../state/store.js').Store<PageState>} store
 * @param {import('../render/frame.js').Frames} frames
 * @param {() => void} download
 */
function evidence(store, frames, download) {
  const sentence = byId('sentence');
  const box = byId('waterfall');
  /** @type {Pause | null | undefined} */
  let drawn;
  let complete = 0;
  const view = frames.add(() => {
    const { selected, recording, status, step } = store.state;
    const pause = selected === null ? null : recording.pause(selected);
    const resumed = pause ? recording.resumed.get(pause.id) : undefined;
    const known = resumed ? resumed.reduce((n, time) => n + (Number.isNaN(time) ? 0 : 1), 0) : 0;
    byId('lanes').setAttribute('aria-label', describeLanes(store.state));
    if (!pause) {
      sentence.replaceChildren(...invitation(status));
      if (drawn !== null) box.replaceChildren();
    } else {
      setText(sentence, pause.sentence);
      if (pause !== drawn || known !== complete)
        box.replaceChildren(...waterfall(pause, resumed, { step, download }));
    }
    drawn = pause;
    complete = known;
  }, 250);
  store.watch(['selected', 'recorded', 'recording', 'status', 'step'], view.invalidate);
}

/**
 * @param {import('../state/page-state.js').Status} status
 * @returns {(Node | string)[]}
 */
function invitation(status) {
  switch (status) {
    case 'running':
      return [
        'Nothing has stopped the world yet. Press ',
        make('b', { text: 'GC' }),
        ': every worker runs on to its next ',
        explained('safepoint'),
        ', and you see who is late.',
      ];
    case 'loading':
    case 'starting':
      return ['The workers are starting.'];
    case 'failed':
      return ['Without threads there is nothing to stop.'];
    case 'finished':
      return ['The program ended before anything stopped the world. Run it again, or take an endless one.'];
    default:
      return ['Press ', make('b', { text: 'Run' }), ' to start the workers.'];
  }
}

/** @param {PageState} state */
function describeLanes(state) {
  const { recording, step } = state;
  const pause = shownPause(state);
  const names = recording.lanes.map((lane) => lane.current);
  if (pause) {
    return `Pause ${pause.id}: ${recording.workers} workers, time to safepoint ${duration(pause.ttsp, step)}. The table below lists each worker. Left and right arrow: other pauses.`;
  }
  const number = (/** @type {number} */ which) => names.filter((name) => name === which).length;
  return (
    `Lanes of ${recording.workers} workers: ${number(STATE.running)} running, ${number(STATE.stopped)} stopped, ` +
    `${number(STATE.idle) + number(STATE.safe)} waiting. Left arrow: the last pause; plus and minus: a shorter or longer time.`
  );
}

function legend() {
  const entry = (/** @type {string} */ style, /** @type {string | Node} */ word) =>
    make('li', {}, make('i', { class: style }), word);
  byId('legend').append(
    entry('running', 'running'),
    entry('late', 'asked to stop'),
    entry('straggler', explained('straggler')),
    entry('stopped', 'stopped, waiting'),
    entry('idle', 'idle'),
    entry('safe', explained('safe region')),
    entry('operation', explained('operation')),
    make('li', { text: '/s: instructions per second' }),
  );
}
