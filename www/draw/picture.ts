/** Several charts as one picture, each below its name. */
import type { Theme } from './theme.ts';

const GAP = 12;
const TITLE = 22;

/**
 * @param charts those that are shown
 * @param caption what they are of
 * @returns a PNG
 */
export function picture(
  charts: { name: string; canvas: HTMLCanvasElement }[],
  caption: string,
  theme: Theme,
): Promise<Blob> {
  const ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
  const sizes = charts.map(({ canvas }) => ({ width: canvas.width / ratio, height: canvas.height / ratio }));
  const width = Math.max(...sizes.map((size) => size.width)) + 2 * GAP;
  const height = sizes.reduce((sum, size) => sum + size.height + TITLE + GAP, 2 * GAP + TITLE);
  const sheet = document.createElement('canvas');
  sheet.width = Math.ceil(width * ratio);
  sheet.height = Math.ceil(height * ratio);
  const ctx = sheet.getContext('2d') as CanvasRenderingContext2D;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = 'top';
  ctx.fillStyle = theme['ink-2'];
  ctx.font = `13px ${theme.ui}`;
  ctx.fillText(caption, GAP, GAP, width - 2 * GAP);
  let y = GAP + TITLE;
  charts.forEach(({ name, canvas }, i) => {
    ctx.fillStyle = theme.ink;
    ctx.font = `600 14px ${theme.ui}`;
    ctx.fillText(name, GAP, y);
    ctx.drawImage(canvas, GAP, y + TITLE, sizes[i].width, sizes[i].height);
    y += TITLE + sizes[i].height + GAP;
  });
  return new Promise((resolve, reject) =>
    sheet.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The browser made no picture.'))),
      'image/png',
    ),
  );
}
