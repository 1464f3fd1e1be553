/**
 * Runs beside each other, cost and benefit in one picture: upwards how fast the program ran, to the left
 * how soon the world stopped. A dot is the median, its line reaches to the worst.
 */
import { count, round, tick } from '../words/format.ts';
import { axes, nothing, plotArea } from './charts.ts';
import { logScale, niceSteps } from './scale.ts';
import type { RunSummary } from '../run/run-summary.ts';
import type { Size } from './charts.ts';
import type { Theme } from './theme.ts';

export type Row = { label: string; summary: RunSummary; live: boolean };

export function drawCompare(
  ctx: CanvasRenderingContext2D,
  size: Size,
  { rows, theme }: { rows: Row[]; theme: Theme },
) {
  const { left, right, top, bottom } = plotArea(size);
  const shown = rows.filter(
    ({ summary }) => summary.pauses + (summary.givenUp ?? 0) > 0 && summary.instructions > 0,
  );
  const times = shown.flatMap(({ summary }) => [summary.ttsp.p50, summary.ttsp.max]);
  const x = logScale(Math.max(1, Math.min(10, ...times)), Math.max(1000, ...times), left + 8, right - 24);
  const most = Math.max(1, ...shown.map(({ summary }) => summary.instructions)) * 1.15;
  const y = (value: number) => bottom - (value / most) * (bottom - top - 8);
  axes(
    ctx,
    size,
    theme,
    niceSteps(most, 4).map((value) => ({ at: y(value), label: `${round(count(value))}/s` })),
    x.ticks.map((value) => ({ at: x.at(value), label: tick(value) })),
  );
  if (shown.length === 0) nothing(ctx, size, theme, 'No run with a pause yet');
  for (const { label, summary, live } of shown) {
    const from = x.at(Math.max(1, summary.ttsp.p50));
    const to = x.at(Math.max(1, summary.ttsp.max));
    const at = y(summary.instructions);
    ctx.strokeStyle = ctx.fillStyle = live ? theme.operation : theme.ink;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(from, at);
    ctx.lineTo(to, at);
    ctx.moveTo(to, at - 4);
    ctx.lineTo(to, at + 4);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(from, at, 4.5, 0, 2 * Math.PI);
    ctx.fill();
    ctx.font = `600 12px ${theme.ui}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    // Below, where a run that was just kept has the same place.
    ctx.fillText(label, from, live ? at + 18 : at - 9);
  }
}
