/** A canvas that fits its box and the screen's pixels. */

/** @typedef {{ width: number, height: number }} Size */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width CSS pixels
 * @param {number} height CSS pixels
 * @returns {CanvasRenderingContext2D} cleared, in CSS pixels
 */
export function prepare(canvas, width, height) {
  const ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
  const w = Math.max(1, Math.round(width * ratio));
  const h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.height = `${height}px`;
  }
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, width, height);
  return ctx;
}

/**
 * A canvas's width as it was laid out last, CSS pixels: asking the canvas would have the browser lay out the page
 * in the middle of what is being drawn. 0 until it is known and while the canvas is not shown.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} changed calls back when it is another
 * @returns {() => number}
 */
export function watchWidth(canvas, changed) {
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.round(entry.contentRect.width);
    if (now === width) return;
    width = now;
    changed();
  }).observe(canvas);
  return () => width;
}
