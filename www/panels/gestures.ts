/**
 * Moves a picture with a pointer, a finger, two fingers or a wheel. What belongs to the page stays with
 * it: the plain wheel and a finger that moves up or down scroll the page, a press that does not move is a
 * click.
 */

/** Pixels that a pointer may move and still click. */
const STILL = 4;
/** Pixels of a wheel that halve or double what is shown. */
const OCTAVE = 240;
/** Pixels of a line and of a page, for wheels that count in those. */
const UNITS = [1, 16, 400];

/**
 * @param element its style has `touch-action: pan-y`
 * @param at where in the picture the user points, from left to right
 */
export function gestures(
  element: HTMLElement,
  at: (event: MouseEvent) => number,
  {
    zoom,
    pan,
  }: {
    /** a factor below 1 shows less; `x` stays where it is */
    zoom: (factor: number, x: number) => void;
    /** the picture moves to the right by so much */
    pan: (distance: number) => void;
  },
) {
  /** Where each pressed pointer is. */
  const pointers: Map<number, number> = new Map();
  let start = 0;
  let moved = false;

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    if (pointers.size === 0) {
      start = at(event);
      moved = false;
    }
    pointers.set(event.pointerId, at(event));
  });

  element.addEventListener('pointermove', (event) => {
    const last = pointers.get(event.pointerId);
    if (last === undefined) return;
    const x = at(event);
    if (pointers.size === 1) {
      if (!moved && Math.abs(x - start) < STILL) return;
      if (!moved) element.setPointerCapture(event.pointerId);
      moved = true;
      pan(x - last);
    } else {
      moved = true;
      const [other = x] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, there]) => there);
      const before = Math.max(Math.abs(last - other), 1);
      const after = Math.max(Math.abs(x - other), 1);
      zoom(before / after, other);
    }
    pointers.set(event.pointerId, x);
  });

  const end = (event: PointerEvent) => pointers.delete(event.pointerId);
  element.addEventListener('pointerup', end);
  element.addEventListener('pointercancel', end);
  element.addEventListener('pointerleave', end);

  // Before all other listeners: the end of a move is no click.
  element.addEventListener(
    'click',
    (event) => {
      if (!moved) return;
      moved = false;
      event.stopImmediatePropagation();
    },
    { capture: true },
  );

  element.addEventListener(
    'wheel',
    (event) => {
      const unit = UNITS[event.deltaMode] ?? 1;
      // A pinch on a touchpad comes as a wheel with the control key.
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(2 ** ((event.deltaY * unit) / OCTAVE), at(event));
        return;
      }
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (Math.abs(sideways) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
      event.preventDefault();
      pan(-sideways * unit);
    },
    { passive: false },
  );
}
