/** Two charts: pauses over time, and how the times to safepoint are distributed. */
import { REASONS } from '../run/columns.ts';
import { bucketStart } from '../run/histogram.ts';
import { tick } from '../words/format.ts';
import { nearest } from './pick.ts';
import { logScale, rangeScale } from './scale.ts';
import type { Theme } from './theme.ts';
import type { PauseColumns } from '../run/columns.ts';
import type { Pick } from './pick.ts';
import type { Histogram } from '../run/histogram.ts';

export type Size = { width: number; height: number };

const LEFT = 56;
/** Room for the times and, below them, the axis's name. */
const BOTTOM = 42;
/** Room for the name of the other axis. */
const TOP = 24;
const RIGHT = 12;
/** More points than this are drawn small. */
const MANY = 1000;

/**
 * Pauses over time: time to safepoint upwards (logarithmic), a shape for each reason. The slowest
 * hundredth is in the warm colour.
 *
 * @param view `late`: from which time to safepoint on a point is in the warm colour
 */
export function drawPauses(
  ctx: CanvasRenderingContext2D,
  size: Size,
  {
    columns,
    begin,
    theme,
    step,
    selected,
    late,
  }: {
    columns: PauseColumns;
    begin: number;
    theme: Theme;
    step: number;
    selected: number | null;
    late: number;
  },
): Pick {
  const first = columns.first;
  let greatest = step;
  for (let i = first; i < columns.written; i += 1)
    greatest = Math.max(greatest, columns.ttsp[i % columns.capacity]);
  const y = logScale(Math.max(step, 1), Math.max(greatest, 1000), size.height - BOTTOM, TOP);
  const { x, marks } = timeAcross(columns, begin, size);
  axes(
    ctx,
    size,
    theme,
    y.ticks.map((value) => ({ at: y.at(value), label: tick(value) })),
    marks,
    { up: 'Time to safepoint', right: TIME },
  );
  markSelected(ctx, size, { columns, selected, theme, x });
  if (columns.written === 0) nothing(ctx, size, theme);
  const many = columns.written - first > MANY;
  const taken = new Set();
  for (let i = first; i < columns.written; i += 1) {
    const slot = i % columns.capacity;
    const value = Math.max(columns.ttsp[slot], step);
    if (many && columns.id[slot] !== selected) {
      // One small point for each place that has some; the slow ones keep their size.
      const place = Math.round(x(columns.at[slot]) / 2) * 4096 + Math.round(y.at(value) / 2);
      if (taken.has(place)) continue;
      taken.add(place);
    }
    ctx.fillStyle = columns.ttsp[slot] >= late ? theme.straggler : theme.operation;
    point(
      ctx,
      REASONS[columns.reason[slot]],
      x(columns.at[slot]),
      y.at(value),
      many && columns.ttsp[slot] < late ? 2 : 4,
    );
    if (columns.id[slot] === selected) ring(ctx, theme, x(columns.at[slot]), y.at(value));
  }
  function* points() {
    for (let i = first; i < columns.written; i += 1) {
      const slot = i % columns.capacity;
      yield { id: columns.id[slot], x: x(columns.at[slot]), y: y.at(Math.max(columns.ttsp[slot], step)) };
    }
  }
  return (px, py) => nearest(points(), px, py);
}

/** Around the point of what is selected. */
export function ring(ctx: CanvasRenderingContext2D, theme: Theme, x: number, y: number) {
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.arc(x, y, 7.5, 0, 2 * Math.PI);
  ctx.stroke();
}

/** When the pause was that is looked at: in each chart over time, also where that has no point for it. */
export function markSelected(
  ctx: CanvasRenderingContext2D,
  size: Size,
  {
    columns,
    selected,
    theme,
    x,
  }: { columns: PauseColumns; selected: number | null; theme: Theme; x: (time: number) => number },
) {
  if (selected === null) return;
  for (let i = columns.written - 1; i >= columns.first; i -= 1) {
    const slot = i % columns.capacity;
    if (columns.id[slot] !== selected) continue;
    const at = Math.round(x(columns.at[slot])) + 0.5;
    ctx.strokeStyle = theme['ink-2'];
    ctx.lineWidth = 1;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(at, TOP);
    ctx.lineTo(at, size.height - BOTTOM);
    ctx.stroke();
    ctx.setLineDash([]);
    return;
  }
}

/** Where a chart draws its points. */
export function plotArea({ width, height }: Size) {
  return { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
}

/** What the axis of `timeAcross` is called. */
export const TIME = 'Time of run';

/**
 * Time to the right, with its marks at round times of the run; points at the ends keep off the edges. It is of all
 * pauses that are kept, whichever of them a chart shows, so that charts below one another have one axis.
 *
 * @param begin of the run
 */
export function timeAcross(columns: PauseColumns, begin: number, size: Size) {
  const { first, written, capacity, at } = columns;
  const from = first > 0 ? at[first % capacity] : begin;
  const last = written > 0 ? at[(written - 1) % capacity] : begin;
  const { left, right } = plotArea(size);
  const { x, marks } = rangeScale(from, Math.max(last, from + 1e6), begin, left + 8, right - 8);
  return { x, marks: marks.map(({ x: at, label }) => ({ at, label })) };
}

export function nothing(
  ctx: CanvasRenderingContext2D,
  size: Size,
  theme: Theme,
  text: string = 'No pause yet',
) {
  ctx.fillStyle = theme['ink-2'];
  ctx.textAlign = 'center';
  ctx.fillText(text, size.width / 2, size.height / 2);
}

/** A circle for a collection, a square for a snapshot, a triangle for the debugger. */
function point(ctx: CanvasRenderingContext2D, reason: string, x: number, y: number, r: number) {
  ctx.beginPath();
  if (reason === 'snapshot') ctx.rect(x - r, y - r, 2 * r, 2 * r);
  else if (reason === 'debug') {
    ctx.moveTo(x, y - r - 1);
    ctx.lineTo(x + r + 1, y + r);
    ctx.lineTo(x - r - 1, y + r);
    ctx.closePath();
  } else ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fill();
}

/** The distribution of times to safepoint: how many pauses took how long, with the percentiles. */
export function drawDistribution(
  ctx: CanvasRenderingContext2D,
  size: Size,
  {
    histogram,
    percentiles,
    theme,
  }: { histogram: Histogram; percentiles: { label: string; value: number }[]; theme: Theme },
) {
  const range = histogram.range() ?? { first: 8, last: 16 };
  const least = bucketStart(range.first);
  const greatest = bucketStart(range.last + 1);
  const x = logScale(least, greatest, LEFT - 24, size.width - RIGHT);
  const most = Math.max(1, ...histogram.counts);
  const top = TOP + 18;
  const floor = size.height - BOTTOM;
  const height = (n: number) => (n / most) * (floor - top);
  axes(
    ctx,
    size,
    theme,
    [],
    x.ticks.map((value) => ({ at: x.at(value), label: tick(value) })),
    { up: 'Pauses', right: 'Time to safepoint' },
  );
  if (histogram.total === 0) nothing(ctx, size, theme);
  ctx.fillStyle = theme.operation;
  for (let bucket = range.first; bucket <= range.last; bucket += 1) {
    const n = histogram.counts[bucket];
    if (n === 0) continue;
    const from = x.at(bucketStart(bucket));
    const tall = Math.max(height(n), 1.5);
    ctx.fillRect(from + 0.5, floor - tall, x.at(bucketStart(bucket + 1)) - from - 1, tall);
  }
  ctx.font = `12px ${theme.ui}`;
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  let free = -Infinity;
  for (const { label, value } of percentiles) {
    const at = x.at(Math.max(value, 1));
    ctx.strokeStyle = theme.ink;
    ctx.lineWidth = 1;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(Math.round(at) + 0.5, top - 4);
    ctx.lineTo(Math.round(at) + 0.5, floor);
    ctx.stroke();
    ctx.setLineDash([]);
    const width = ctx.measureText(label).width;
    const left = Math.min(Math.max(at - width / 2, 2), size.width - width - 2);
    if (left < free) continue;
    ctx.fillStyle = theme.ink;
    ctx.fillText(label, left, TOP + 8);
    free = left + width + 6;
  }
}

export function axes(
  ctx: CanvasRenderingContext2D,
  size: Size,
  theme: Theme,
  rows: { at: number; label: string }[],
  columns: { at: number; label: string }[],
  /** what they are of */
  names: { up: string; right: string } | null = null,
) {
  ctx.strokeStyle = theme.line;
  ctx.fillStyle = theme['ink-2'];
  ctx.lineWidth = 1;
  ctx.font = `12px ${theme.ui}`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'right';
  for (const row of rows) {
    ctx.beginPath();
    ctx.moveTo(LEFT, Math.round(row.at) + 0.5);
    ctx.lineTo(size.width - RIGHT, Math.round(row.at) + 0.5);
    ctx.stroke();
    ctx.fillText(row.label, LEFT - 8, row.at);
  }
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'center';
  for (const column of columns) {
    const half = ctx.measureText(column.label).width / 2;
    ctx.fillText(column.label, Math.min(Math.max(column.at, half), size.width - half), size.height - 24);
  }
  if (names) {
    ctx.textAlign = 'right';
    ctx.fillText(names.right, size.width - RIGHT, size.height - 8);
    ctx.textAlign = 'left';
    ctx.fillText(names.up, 2, 12);
  }
  if (rows.length === 0) {
    ctx.beginPath();
    ctx.moveTo(0, size.height - BOTTOM + 0.5);
    ctx.lineTo(size.width, size.height - BOTTOM + 0.5);
    ctx.stroke();
  }
}
