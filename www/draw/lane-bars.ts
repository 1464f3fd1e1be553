/** One worker's lane: its segments where they are kept and have room, shares of its time elsewhere. */
import { STATE } from '../run/lane.ts';
import type { Theme } from './theme.ts';
import type { Scale } from './scale.ts';
import type { Lane } from '../run/lane.ts';

/** More segments than this for each pixel are not told apart. */
const PER_PIXEL = 2;

interface LaneBox {
  scale: Scale;
  theme: Theme;
  /** what is still open ends here */
  now: number;
  y: number;
  height: number;
  /** pixels that a bucket of shares should take */
  least: number;
}

export function drawLane(ctx: CanvasRenderingContext2D, lane: Lane, box: LaneBox) {
  const { scale, now } = box;
  const first = lane.find(scale.from);
  const open = lane.written - 1;
  if (open < 0) return;
  const pixels = scale.x(scale.to) - scale.x(scale.from);
  const visible = lane.find(scale.to) - first;
  if (visible > PER_PIXEL * pixels) {
    drawShares(ctx, lane, box, scale.from, Math.min(scale.to, lane.start(open)));
    drawSegments(ctx, lane, box, Math.max(first, open), now);
    return;
  }
  if (lane.first > 0 && scale.from < lane.whole)
    drawShares(ctx, lane, box, scale.from, Math.min(scale.to, lane.whole));
  drawSegments(ctx, lane, box, first, now);
}

/** @param first segment */
function drawSegments(
  ctx: CanvasRenderingContext2D,
  lane: Lane,
  { scale, theme, y, height }: LaneBox,
  first: number,
  now: number,
) {
  let i = first;
  while (i < lane.written && lane.start(i) < scale.to) {
    const state = lane.state(i);
    const from = scale.x(lane.start(i));
    let end = Math.min(lane.end(i), now);
    // Neighbours of the same state, or thinner than half a pixel, become one shape.
    i += 1;
    while (
      i < lane.written &&
      (lane.state(i) === state || scale.x(Math.min(lane.end(i), now)) - from < 0.5)
    ) {
      end = Math.min(lane.end(i), now);
      i += 1;
    }
    drawState(ctx, theme, state, from, y, Math.max(scale.x(end) - from, 0.75), height);
  }
}

/**
 * Columns: how much of its time the worker ran, above that how much it stood stopped. What is left it
 * waited.
 */
function drawShares(
  ctx: CanvasRenderingContext2D,
  lane: Lane,
  { scale, theme, y, height, least }: LaneBox,
  from: number,
  to: number,
) {
  if (to <= from) return;
  const pixels = scale.x(scale.to) - scale.x(scale.from);
  const level = lane.shares.level(((scale.to - scale.from) / pixels) * least, from);
  const first = Math.max(level.oldest, Math.floor(from / level.width), 0);
  const last = Math.min(level.newest, Math.floor(to / level.width));
  const column = (bucket: number, low: number, share: number) => {
    if (share <= 0) return;
    const x = scale.x(Math.max(from, bucket * level.width));
    const end = scale.x(Math.min(to, (bucket + 1) * level.width));
    ctx.fillRect(x, y + height * (1 - low - share), end - x, height * share);
  };
  ctx.fillStyle = theme.running;
  for (let i = first; i <= last; i += 1) column(i, 0, level.share(i, STATE.running));
  ctx.globalAlpha = 0.45;
  ctx.fillStyle = theme.stopped;
  for (let i = first; i <= last; i += 1) {
    const running = level.share(i, STATE.running);
    column(i, running, Math.min(level.share(i, STATE.stopped), 1 - running));
  }
  ctx.globalAlpha = 1;
}

function drawState(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  state: number,
  x: number,
  y: number,
  width: number,
  height: number,
) {
  switch (state) {
    case STATE.running:
      ctx.fillStyle = theme.running;
      box(ctx, x, y, width, height);
      break;
    case STATE.stopped:
      ctx.globalAlpha = 0.45;
      ctx.fillStyle = theme.stopped;
      box(ctx, x, y, width, height);
      ctx.globalAlpha = 1;
      break;
    case STATE.idle:
      drawIdleLine(ctx, theme, x, x + width, y + height / 2);
      break;
    case STATE.safe:
      dashed(ctx, theme, () => {
        if (width < 4) {
          ctx.moveTo(x, y + height - 0.5);
          ctx.lineTo(x + width, y + height - 0.5);
        } else ctx.rect(x + 0.5, y + 0.5, width - 1, height - 1);
      });
      break;
    case STATE.dead:
      ctx.fillStyle = theme.error;
      ctx.fillRect(x, y + height / 2 - 1, width, 2);
      break;
    default:
  }
}

export function drawIdleLine(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  from: number,
  to: number,
  y: number,
) {
  dashed(ctx, theme, () => {
    ctx.moveTo(from, y);
    ctx.lineTo(to, y);
  });
}

function dashed(ctx: CanvasRenderingContext2D, theme: Theme, path: () => void) {
  ctx.strokeStyle = theme.stopped;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  path();
  ctx.stroke();
  ctx.setLineDash([]);
}

export function box(ctx: CanvasRenderingContext2D, x: number, y: number, width: number, height: number) {
  if (width < 6 || height < 12) {
    ctx.fillRect(x, y, width, height);
    return;
  }
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, 3);
  ctx.fill();
}

/** Pixels from stroke to stroke of a hatch. */
const HATCH = 8;

/** A bar of stripes: time in which the worker did nothing, through no fault of its own. */
export function hatched(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  x: number,
  y: number,
  width: number,
  height: number,
) {
  ctx.fillStyle = theme.surface;
  box(ctx, x, y, width, height);
  ctx.fillStyle = theme.late;
  ctx.globalAlpha = 0.35;
  box(ctx, x, y, width, height);
  ctx.globalAlpha = 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.clip();
  ctx.beginPath();
  for (let at = x - height; at < x + width; at += HATCH) {
    ctx.moveTo(at, y + height);
    ctx.lineTo(at + height, y);
  }
  ctx.strokeStyle = theme.late;
  ctx.lineWidth = 2;
  ctx.stroke();
  ctx.restore();
}
