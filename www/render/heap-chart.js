/** The heap before and after each collection: a saw whose teeth are what was freed. */
import { bytes, round } from '../data/format.js';
import { axes, nothing, plotArea, timeAcross } from './charts.js';
import { niceSteps } from './scale.js';

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import('./charts.js').Size} size
 * @param {{ columns: import('../data/columns.js').PauseColumns, begin: number, theme: import('./theme.js').Theme }} view
 */
export function drawHeap(ctx, size, { columns, begin, theme }) {
  const { top, bottom } = plotArea(size);
  /** @type {number[]} */
  const rows = [];
  let most = 1;
  for (let i = columns.first; i < columns.written; i += 1) {
    const slot = i % columns.capacity;
    if (Number.isNaN(columns.before[slot])) continue;
    rows.push(slot);
    most = Math.max(most, columns.before[slot]);
  }
  const from = rows.length > 0 ? columns.at[rows[0]] : begin;
  // One collection alone spans nothing: a second, then.
  const to = rows.length > 1 ? Math.max(columns.at[rows[rows.length - 1]], from + 1000) : from + 1e6;
  const { x, marks } = timeAcross(from, to, begin, size);
  const y = (/** @type {number} */ value) => bottom - (value / most) * (bottom - top);
  axes(
    ctx,
    size,
    theme,
    niceSteps(most, 4).map((value) => ({ at: y(value), label: round(bytes(value)) })),
    marks,
  );
  if (rows.length === 0) {
    nothing(ctx, size, theme, 'No collection yet');
    return;
  }
  ctx.strokeStyle = theme.stopped;
  ctx.lineWidth = 1;
  ctx.beginPath();
  rows.forEach((slot, i) => {
    const at = x(columns.at[slot]);
    if (i === 0) ctx.moveTo(at, y(columns.before[slot]));
    else ctx.lineTo(at, y(columns.before[slot]));
    ctx.lineTo(at, y(columns.after[slot]));
  });
  ctx.stroke();
  const half = rows.length > 200 ? 1 : 3;
  for (const slot of rows) {
    const at = x(columns.at[slot]);
    ctx.fillStyle = theme.stopped;
    ctx.fillRect(at - half, y(columns.before[slot]) - half, 2 * half, 2 * half);
    ctx.fillStyle = theme.operation;
    ctx.fillRect(at - half, y(columns.after[slot]) - half, 2 * half, 2 * half);
  }
}
