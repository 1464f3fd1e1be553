/**
 * Runs beside each other, cost and benefit in one picture: upwards how fast the program ran, to the left
 * how soon the world stopped. A dot is the median, its line reaches to the worst.
 */
import { count, round, tick } from '../words/format.ts';
import { axes, nothing, plotArea } from './charts.ts';
import { placeLabels } from './labels.ts';
import { logScale, niceSteps } from './scale.ts';
import type { RunSummary } from '../run/run-summary.ts';
import type { Size } from './charts.ts';
import type { Theme } from './theme.ts';

export type Row = { label: string; summary: RunSummary; live: boolean };

/** What the axes are called, and the room that takes above and below the picture. */
const NAMES = { up: 'Instructions per second', right: 'Time to safepoint' };
const NAME = 18;
const DOT = 4.5;
/** Of what is written. */
const LINE = 13;

export function drawCompare(
  ctx: CanvasRenderingContext2D,
  { width, height }: Size,
  { rows, theme }: { rows: Row[]; theme: Theme },
) {
  const size = { width, height: height - 2 * NAME };
  const { left, right, top, bottom } = plotArea(size);
  const shown = rows.filter(
    ({ summary }) => summary.pauses + (summary.givenUp ?? 0) > 0 && summary.instructions > 0,
  );
  const times = shown.flatMap(({ summary }) => [summary.ttsp.p50, summary.ttsp.max]);
  const x = logScale(Math.max(1, Math.min(10, ...times)), Math.max(1000, ...times), left + 8, right - 24);
  const most = Math.max(1, ...shown.map(({ summary }) => summary.instructions)) * 1.15;
  const y = (value: number) => bottom - (value / most) * (bottom - top - 8);
  ctx.font = `12px ${theme.ui}`;
  ctx.textBaseline = 'alphabetic';
  ctx.fillStyle = theme['ink-2'];
  ctx.textAlign = 'left';
  ctx.fillText(NAMES.up, 2, 12);
  ctx.textAlign = 'right';
  ctx.fillText(NAMES.right, width - 2, height - 6);
  ctx.save();
  ctx.translate(0, NAME);
  axes(
    ctx,
    size,
    theme,
    niceSteps(most, 4).map((value) => ({ at: y(value), label: `${round(count(value))}/s` })),
    x.ticks
      .filter((_, i) => x.ticks.length * 56 < right - left || i % 2 === 0)
      .map((value) => ({ at: x.at(value), label: tick(value) })),
  );
  if (shown.length === 0) nothing(ctx, size, theme, 'No run with a pause yet');
  const points = shown.map(({ label, summary, live }) => ({
    label,
    colour: live ? theme.operation : theme.ink,
    x: x.at(Math.max(1, summary.ttsp.p50)),
    to: x.at(Math.max(1, summary.ttsp.max)),
    y: y(summary.instructions),
    isAtLeast: (summary.atLeast ?? null) !== null,
  }));
  for (const { x: from, to, y: at, colour, isAtLeast } of points) {
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(from, at);
    ctx.lineTo(to, at);
    // What may have been longer has no end.
    const back = isAtLeast ? 5 : 0;
    ctx.moveTo(to - back, at - 4);
    ctx.lineTo(to, at);
    ctx.lineTo(to - back, at + 4);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(from, at, DOT, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.font = `600 12px ${theme.ui}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  const named = points.map((point) => ({ ...point, width: ctx.measureText(point.label).width }));
  const area = { left, right, top: -NAME + LINE, bottom };
  const places = placeLabels(named, { height: LINE, radius: DOT, area });
  places.forEach((place, i) => {
    const point = named[i];
    if (!point) return;
    ctx.strokeStyle = ctx.fillStyle = point.colour;
    if (place.isAway) {
      ctx.lineWidth = 0.75;
      ctx.beginPath();
      ctx.moveTo(point.x, point.y);
      ctx.lineTo(place.x, place.y);
      ctx.stroke();
    }
    // Lines of other runs go behind it.
    ctx.fillStyle = theme.surface;
    ctx.fillRect(place.x - point.width / 2 - 1, place.y - LINE / 2, point.width + 2, LINE);
    ctx.fillStyle = point.colour;
    ctx.fillText(point.label, place.x, place.y + 0.5);
  });
  ctx.restore();
}
