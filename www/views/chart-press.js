/** A press on a chart's point shows its pause; over such a point the pointer is a hand. */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import('../render/canvas.js').Plane} plane
 * @param {() => import('../render/pick.js').Pick | null} pick of what is drawn
 * @param {import('../state/commands.js').Commands} commands
 */
export function selectsPoints(canvas, plane, pick, commands) {
  const meant = (/** @type {MouseEvent} */ event) => {
    const { x, y } = plane.point(event);
    return pick()?.(x, y) ?? null;
  };
  canvas.addEventListener('pointermove', (event) => {
    canvas.style.cursor = meant(event) === null ? '' : 'pointer';
  });
  canvas.addEventListener('click', (event) => {
    const id = meant(event);
    if (id !== null) commands.select(id);
  });
}
