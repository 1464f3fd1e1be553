/** The timeline: a lane for each worker, the pauses as bands across all of them. */
import { STATE } from '../run/lane.ts';
import { instants, isCompleted } from '../run/pause-parts.ts';
import { OPERATION_NAMES, count, duration } from '../words/format.ts';
import { latenessOf, missingOf } from '../run/late.ts';
import { box, drawIdleLine, drawLane, hatched } from './lane-bars.ts';
import type { Theme } from './theme.ts';
import type { Scale } from './scale.ts';
import type { Recording } from '../run/recording.ts';
import type { Rows } from '../run/idle.ts';
import type { Pause } from '../run/types.ts';

export interface LanePlan {
  /** pixel of the first lane */
  top: number;
  /** pixels from lane to lane */
  pitch: number;
  /** pixels of a lane */
  height: number;
  /** where the lanes begin, right of their names */
  left: number;
  /** below the last lane */
  bottom: number;
  /** height of the picture */
  total: number;
  /** pixel of a worker's lane, null for one that has none of its own */
  y: (worker: number) => number | null;
  /** workers with a lane of their own */
  own: number[];
  /** how many share the last one, because they were idle all the time */
  idle: number;
  /** whether there is room for them */
  rates: boolean;
  /** one lane in so many is named */
  every: number;
}

/**
 * @param rows that have a lane each
 * @param width of the picture
 * @param isBeside whether more than these lanes is to be in sight
 */
export function planLanes({ workers: own, idle }: Rows, width: number, isBeside = false): LanePlan {
  const workers = own.length + (idle > 0 ? 1 : 0);
  const [pitch, height] =
    workers <= 4
      ? isBeside
        ? [24, 18]
        : // On a phone, and in large text, all of them are to be in sight.
          width < 640
          ? [30, 22]
          : [40, 26]
      : workers <= 8
        ? [30, 20]
        : workers <= 16
          ? [20, 14]
          : workers <= 40
            ? [14, 10]
            : [6, 4];
  const every = pitch >= 14 ? 1 : 8;
  const rates = width >= 640 && pitch >= 14;
  const left = width < 480 ? 34 : rates ? 142 : 88;
  const top = 12;
  const rows = new Map(own.map((worker, row) => [worker, top + row * pitch]));
  const y = (worker: number) => rows.get(worker) ?? null;
  return {
    top,
    pitch,
    height,
    left,
    bottom: top + workers * pitch,
    total: top + workers * pitch + 24,
    rates,
    every,
    y,
    own,
    idle,
  };
}

interface LaneView {
  recording: Recording;
  scale: Scale;
  plan: LanePlan;
  theme: Theme;
  /** the clock's step */
  step: number;
  /** what is still open ends here */
  now: number;
  /** the pause that is looked at; null for the live view */
  pause: Pause | null;
  /** instructions per second by worker; NaN or missing where not known */
  rates: number[];
  /** id of the selected pause, in the live view */
  selected: number | null;
}

export function drawLanes(
  ctx: CanvasRenderingContext2D,
  rect: { width: number; height: number },
  view: LaneView,
) {
  const { recording, scale, plan, theme } = view;
  const { bottom } = plan;
  drawMarks(ctx, view, rect);
  if (!view.pause) {
    drawForgotten(ctx, view, bottom);
    drawGaps(ctx, view);
  }
  const pauses = view.pause ? [view.pause] : visiblePauses(recording, scale);
  for (const pause of pauses) drawBand(ctx, view, pause, bottom);
  ctx.font = `12px ${theme.ui}`;
  ctx.textBaseline = 'middle';
  const short = plan.left < 60;
  plan.own.forEach((worker, row) => {
    const y = plan.top + row * plan.pitch;
    if (row % plan.every === 0) {
      ctx.fillStyle = theme['ink-2'];
      ctx.textAlign = 'left';
      const middle = y + plan.height / 2 + 0.5;
      ctx.fillText(short ? `W${worker}` : `Worker ${worker}`, short ? 2 : 12, middle);
      const rate = view.rates[worker];
      if (plan.rates && rate) {
        ctx.textAlign = 'right';
        ctx.fillText(`${count(rate)}/s`, plan.left - 8, middle);
      }
    }
    drawLane(ctx, recording.lanes[worker], {
      scale,
      theme,
      now: view.now,
      y,
      height: plan.height,
      least: recording.workers > 8 ? 2 : 1,
    });
  });
  if (plan.idle > 0) drawIdle(ctx, view);
  for (const pause of pauses) drawLateness(ctx, view, pause);
  drawArming(ctx, view);
  if (view.pause) drawLabels(ctx, view, view.pause);
  for (const gap of scale.breaks) drawBreak(ctx, theme, (gap.from + gap.to) / 2, bottom);
}

/** Newest first, so that the search may end early. */
function visiblePauses(recording: Recording, scale: Scale) {
  const shown = [];
  for (let i = recording.pauses.length - 1; i >= 0; i -= 1) {
    const pause = recording.pauses[i];
    const { released } = instants(pause);
    if (released !== null && released < scale.from) break;
    shown.push(pause);
  }
  return shown;
}

/** One lane for all that were idle all the time. */
function drawIdle(ctx: CanvasRenderingContext2D, { plan, theme, scale }: LaneView) {
  const middle = plan.top + plan.own.length * plan.pitch + plan.height / 2 + 0.5;
  ctx.fillStyle = theme['ink-2'];
  ctx.textAlign = 'left';
  ctx.fillText(`${plan.idle} idle`, plan.left < 60 ? 2 : 12, middle);
  drawIdleLine(ctx, theme, scale.x(scale.from), scale.x(scale.to), middle);
}

/** The axis of time, with its name where there is room beside the lanes. */
function drawMarks(
  ctx: CanvasRenderingContext2D,
  { scale, theme, plan, pause }: LaneView,
  { width: end, height }: { width: number; height: number },
) {
  const [top, bottom] = [plan.top - 6, plan.bottom];
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = 1;
  ctx.fillStyle = theme['ink-2'];
  ctx.font = `12px ${theme.ui}`;
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  const taken: { from: number; to: number }[] = [];
  if (plan.left >= 80) {
    const name = pause ? 'Since asked' : 'Time of run';
    ctx.fillText(name, 12, height - 6);
    taken.push({ from: 0, to: 12 + ctx.measureText(name).width });
  }
  const strongFirst = scale.marks.toSorted((a, b) => Number(b.strong ?? 0) - Number(a.strong ?? 0));
  for (const { x: exact, label } of strongFirst) {
    const x = Math.round(exact) + 0.5;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    const width = ctx.measureText(label).width;
    const from = Math.min(x - width / 2, end - width);
    const to = from + width;
    if (taken.some((other) => from < other.to + 8 && to + 8 > other.from)) continue;
    ctx.fillText(label, from, height - 6);
    taken.push({ from, to });
  }
}

function drawBand(ctx: CanvasRenderingContext2D, view: LaneView, pause: Pause, bottom: number) {
  const { scale, theme, plan } = view;
  const { armed, stopped, noticed, done, release } = instants(pause);
  const top = plan.top - 6;
  const a = scale.x(armed);
  const s = scale.x(stopped);
  ctx.globalAlpha = 0.12;
  ctx.fillStyle = theme.late;
  if (!isCompleted(pause)) {
    // The world never stood still: the request waited in vain.
    ctx.fillRect(a, top, Math.max(s - a, view.pause ? 1 : 2), bottom - top);
    ctx.globalAlpha = 1;
    ctx.fillStyle = theme.late;
    if (view.selected === pause.id || view.pause) ctx.fillRect(a, top - 4, Math.max(4, s - a), 4);
    return;
  }
  const n = scale.x(noticed ?? stopped);
  const r = scale.x(release ?? view.now);
  const d = Math.min(r, scale.x(done ?? view.now));
  ctx.fillRect(a, top, n - a, bottom - top);
  ctx.fillStyle = theme.operation;
  ctx.globalAlpha = view.pause ? 0.16 : 0.3;
  // At the live scale a pause may be thinner than a pixel, and must be seen all the same.
  ctx.fillRect(n, top, Math.max(d - n, view.pause ? 1 : 2), bottom - top);
  // What was held after the operation was done is paler.
  ctx.globalAlpha = view.pause ? 0.06 : 0.12;
  if (r > d) ctx.fillRect(d, top, r - d, bottom - top);
  ctx.globalAlpha = 1;
  if (!view.pause && view.selected === pause.id) {
    ctx.fillRect(Math.min(a, s) - 1, top - 4, Math.max(4, r - a + 2), 4);
  }
}

/** Pauses whose records are no longer kept: where they were. */
function drawForgotten(
  ctx: CanvasRenderingContext2D,
  { recording, scale, theme, plan }: LaneView,
  bottom: number,
) {
  const { columns, pauses } = recording;
  const oldest = pauses[0]?.at ?? Infinity;
  ctx.globalAlpha = 0.3;
  ctx.fillStyle = theme.operation;
  let free = -Infinity;
  for (let i = columns.first; i < columns.written; i += 1) {
    const at = columns.at[i % columns.capacity];
    if (at >= oldest || at > scale.to) break;
    const x = scale.x(at);
    if (at < scale.from || x < free) continue;
    ctx.fillRect(x, plan.top - 6, 2, bottom - plan.top + 6);
    free = x + 2;
  }
  ctx.globalAlpha = 1;
}

/** Where events came too fast to be read, and the lanes therefore lack some. */
function drawGaps(ctx: CanvasRenderingContext2D, { recording, scale, theme, plan }: LaneView) {
  ctx.fillStyle = theme.error;
  for (const { from, to } of recording.gaps) {
    if (to < scale.from || from > scale.to) continue;
    const x = scale.x(from);
    ctx.fillRect(x, plan.top - 10, Math.max(2, scale.x(to) - x), 3);
  }
}

/** The workers that were awaited, from arming to their stop: the last one in the warm colour if that was its own making. */
function drawLateness(ctx: CanvasRenderingContext2D, view: LaneView, pause: Pause) {
  const { scale, plan } = view;
  const { armed } = instants(pause);
  if (!isCompleted(pause))
    for (const { worker, waited } of missingOf(pause)) {
      const x = scale.x(armed);
      const y = plan.y(worker);
      if (y === null) continue;
      drawWay(ctx, view, pause, worker, true, x, y, Math.max(scale.x(armed + waited) - x, 2));
    }
  const last = pause.stragglers[0]?.worker;
  // Thinner than a pixel only the last one can be seen, and there may be hundreds of pauses.
  const thin = scale.x(armed + pause.ttsp) - scale.x(armed) < 1;
  for (const arrival of pause.arrivals) {
    const y = plan.y(arrival.worker);
    if (y === null || arrival.safe || (thin && arrival.worker !== last)) continue;
    const x = scale.x(armed);
    const straggler = arrival.worker === last;
    const width = scale.x(armed + arrival.after) - x;
    if (!straggler && width < 0.5) continue;
    drawWay(ctx, view, pause, arrival.worker, straggler, x, y, Math.max(width, straggler ? 2 : 0.75));
  }
}

/** From arming to a worker's stop. */
function drawWay(
  ctx: CanvasRenderingContext2D,
  { theme, plan }: LaneView,
  pause: Pause,
  worker: number,
  isLast: boolean,
  x: number,
  y: number,
  width: number,
) {
  const why = latenessOf(pause, worker);
  ctx.fillStyle = isLast && why === 'own' ? theme.straggler : theme.late;
  if (why === 'processor') hatched(ctx, theme, x, y, width, plan.height);
  else box(ctx, x, y, width, plan.height);
}

/** A pause that still waits: a worker that has not arrived is awaited until now. */
function drawArming(ctx: CanvasRenderingContext2D, view: LaneView) {
  const { recording, scale, plan, theme } = view;
  const arming = recording.arming;
  if (!arming || view.pause) return;
  const x = scale.x(arming.armed);
  recording.lanes.forEach((lane, worker) => {
    const y = plan.y(worker);
    if (y === null || lane.current !== STATE.running) return;
    ctx.fillStyle = theme.late;
    box(ctx, x, y, Math.max(1, scale.x(view.now) - x), plan.height);
  });
}

function drawLabels(ctx: CanvasRenderingContext2D, view: LaneView, pause: Pause) {
  const { scale, plan, theme, step } = view;
  if (plan.height < 14) return;
  const { armed, stopped, noticed, done, release } = instants(pause);
  const end = scale.x(done ?? release ?? view.now);
  const last = pause.stragglers[0]?.worker;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  for (const arrival of pause.arrivals) {
    const top = plan.y(arrival.worker);
    if (top === null || arrival.safe) continue;
    const y = top + plan.height / 2 + 0.5;
    if (arrival.worker === last) {
      ctx.font = `600 12px ${theme.ui}`;
      const late = `${duration(arrival.after, step)} late`;
      const why = latenessOf(pause, arrival.worker);
      const site = pause.stragglers[0]?.site ?? arrival.site;
      const where = why === 'processor' ? 'no processor' : site?.text.replaceAll('`', '');
      const texts = where ? [`${late}: ${where}`, late] : [late];
      const ink = why === 'own' ? theme.surface : theme.ink;
      // The requester may have been woken long after: the bar is then no longer than the worker was late.
      const bar = scale.x(armed + arrival.after);
      const plate = why === 'processor' ? theme.surface : undefined;
      if (!fit(ctx, texts, scale.x(armed) + 8, bar - 6, y, ink, plate))
        fit(ctx, texts, Math.max(bar, scale.x(armed) + 2) + 8, scale.x(stopped) - 6, y, theme.ink);
    } else {
      const waited = pause.ttsp - arrival.after;
      ctx.font = `12px ${theme.ui}`;
      if (latenessOf(pause, arrival.worker) === 'processor')
        fit(
          ctx,
          ['no processor'],
          scale.x(armed) + 8,
          scale.x(armed + arrival.after) - 6,
          y,
          theme.ink,
          theme.surface,
        );
      if (waited < step) continue;
      const from = Math.max(scale.x(armed + arrival.after), scale.x(armed)) + 8;
      fit(ctx, [`waited ${duration(waited, step)}`], from, scale.x(stopped) - 6, y, theme.ink);
    }
  }
  ctx.font = `600 12px ${theme.ui}`;
  const y = plan.top + plan.height / 2 + 0.5;
  if (!isCompleted(pause)) return;
  fit(ctx, [OPERATION_NAMES[pause.reason]], scale.x(noticed ?? stopped) + 8, end - 4, y, theme.operation);
  if (done !== null) fit(ctx, ['held'], end + 8, scale.x(release ?? view.now) - 4, y, theme.operation);
}

/**
 * The first of some texts that has room.
 *
 * @param plate colour behind it, where stripes would make it hard to read
 * @returns whether one has
 */
function fit(
  ctx: CanvasRenderingContext2D,
  texts: string[],
  from: number,
  to: number,
  y: number,
  colour: string,
  plate?: string,
): boolean {
  const text = texts.find((candidate) => ctx.measureText(candidate).width <= to - from);
  if (!text) return false;
  if (plate) {
    ctx.fillStyle = plate;
    ctx.fillRect(from - 4, y - 8, ctx.measureText(text).width + 8, 16);
  }
  ctx.fillStyle = colour;
  ctx.fillText(text, from, y);
  return true;
}

/** Two strokes across the axis: here the scale is another one. */
function drawBreak(ctx: CanvasRenderingContext2D, theme: Theme, x: number, bottom: number) {
  ctx.strokeStyle = theme['ink-2'];
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const dx of [-3, 2]) {
    ctx.moveTo(x + dx - 2, bottom + 5);
    ctx.lineTo(x + dx + 2, bottom - 5);
  }
  ctx.stroke();
}
