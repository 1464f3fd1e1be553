/** A press on a chart's point shows its pause; over such a point the pointer is a hand. */
import type { Plane } from '../draw/canvas.ts';
import type { Pick } from '../draw/pick.ts';
import type { Commands } from '../app/commands.ts';

/** @param pick of what is drawn */
export function selectsPoints(
  canvas: HTMLCanvasElement,
  plane: Plane,
  pick: () => Pick | null,
  commands: Commands,
) {
  const meant = (event: MouseEvent) => {
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
