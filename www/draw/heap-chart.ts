/** The heap before and after each collection: a saw whose teeth are what was freed, or a band where it has many. */
import { bytes, round } from '../words/format.ts';
import { TIME, axes, markSelected, nothing, plotArea, ring, timeAcross } from './charts.ts';
import { nearest } from './pick.ts';
import { niceSteps } from './scale.ts';
import type { Size } from './charts.ts';
import type { PauseColumns } from '../run/columns.ts';
import type { Theme } from './theme.ts';
import type { Pick } from './pick.ts';

/** A tooth that is narrower cannot be told from the next, pixels. */
const TOOTH = 4;

/** @returns null without a collection */
export function drawHeap(
  ctx: CanvasRenderingContext2D,
  size: Size,
  {
    columns,
    begin,
    theme,
    selected,
  }: { columns: PauseColumns; begin: number; theme: Theme; selected: number | null },
): Pick | null {
  const { left, right, top, bottom } = plotArea(size);
  const rows: number[] = [];
  let most = 1;
  for (let i = columns.first; i < columns.written; i += 1) {
    const slot = i % columns.capacity;
    if (Number.isNaN(columns.before[slot])) continue;
    rows.push(slot);
    most = Math.max(most, columns.before[slot]);
  }
  const { x, marks } = timeAcross(columns, begin, size);
  const y = (value: number) => bottom - (value / most) * (bottom - top);
  axes(
    ctx,
    size,
    theme,
    niceSteps(most, 4).map((value) => ({ at: y(value), label: round(bytes(value)) })),
    marks,
    { up: 'Heap', right: TIME },
  );
  markSelected(ctx, size, { columns, selected, theme, x });
  if (rows.length === 0) {
    nothing(ctx, size, theme, 'No collection yet');
    return null;
  }
  const points = rows.map((slot) => ({
    id: columns.id[slot],
    at: x(columns.at[slot]),
    before: y(columns.before[slot]),
    after: y(columns.after[slot]),
  }));
  if (points.length > (right - left) / TOOTH) drawBand(ctx, extremes(points), theme);
  else drawSaw(ctx, points, theme);
  for (const { id, at, before, after } of points) {
    if (id !== selected) continue;
    ring(ctx, theme, at, before);
    ring(ctx, theme, at, after);
  }
  function* ends() {
    for (const { id, at, before, after } of points) {
      yield { id, x: at, y: before };
      yield { id, x: at, y: after };
    }
  }
  return (px, py) => nearest(ends(), px, py);
}

/** in pixels: downwards is less */
type Point = { at: number; before: number; after: number };

function drawSaw(ctx: CanvasRenderingContext2D, points: Point[], theme: Theme) {
  ctx.strokeStyle = theme.stopped;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const { at, before, after } of points) {
    ctx.lineTo(at, before);
    ctx.lineTo(at, after);
  }
  ctx.stroke();
  for (const { at, before, after } of points) {
    ctx.fillStyle = theme.stopped;
    ctx.fillRect(at - 3, before - 3, 6, 6);
    ctx.fillStyle = theme.operation;
    ctx.fillRect(at - 3, after - 3, 6, 6);
  }
}

/** What is too dense to be told apart: from the least after a collection to the most before one. */
function drawBand(ctx: CanvasRenderingContext2D, points: Point[], theme: Theme) {
  ctx.fillStyle = theme.stopped;
  ctx.globalAlpha = 0.35;
  ctx.beginPath();
  for (const { at, before } of points) ctx.lineTo(at, before);
  for (const { at, after } of [...points].reverse()) ctx.lineTo(at, after);
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.lineWidth = 2;
  for (const [edge, colour] of [
    ['before', theme.stopped],
    ['after', theme.operation],
  ] as const) {
    ctx.strokeStyle = colour;
    ctx.beginPath();
    for (const point of points) ctx.lineTo(point.at, point[edge]);
    ctx.stroke();
  }
}

/**
 * One point for each tooth's width: the most before a collection there, the least after one.
 *
 * @param points left to right
 */
export function extremes(points: Point[]): Point[] {
  const some: Point[] = [];
  for (const { at, before, after } of points) {
    const last = some.at(-1);
    if (!last || at >= last.at + TOOTH) some.push({ at, before, after });
    else {
      last.before = Math.min(last.before, before);
      last.after = Math.max(last.after, after);
    }
  }
  return some;
}
