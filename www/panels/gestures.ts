/**
 * Moves a picture, or marks a stretch of it, with a pointer, a finger, two fingers or a wheel. A mouse or a pen that is
 * dragged marks, as in other profilers, and with the shift key moves; a finger moves, as in everything that
 * is touched, and two fingers choose what is shown. What belongs to the page stays with it: the plain wheel and a finger that
 * moves up or down scroll the page, a press that does not move is a click.
 */

/** Pixels that a pointer may move and still click. */
const STILL = 4;
/** Pixels of a wheel that halve or double what is shown. */
const OCTAVE = 240;
/** Pixels of a line and of a page, for wheels that count in those. */
const UNITS = [1, 16, 400];

/** Pixels from left to right. */
interface Hand {
  /** a factor below 1 shows less; `x` stays where it is */
  zoom: (factor: number, x: number) => void;
  /** the picture moves to the right by so much */
  pan: (distance: number) => void;
  /** from where a drag began to where it is */
  mark: (from: number, to: number) => void;
  /** the drag is over; not `isMeant`: it counts for nothing */
  marked: (isMeant: boolean) => void;
}

/**
 * @param element its style has `touch-action: pan-y`
 * @param at where in the picture the user points, from left to right
 */
export function gestures(
  element: HTMLElement,
  at: (event: MouseEvent) => number,
  { zoom, pan, mark, marked }: Hand,
) {
  /** Where each pressed pointer is. */
  const pointers: Map<number, number> = new Map();
  let start = 0;
  let moved = false;
  /** What dragging one pointer does; nothing once that was called off. */
  let drag: 'mark' | 'pan' | null = null;

  const endMark = (isMeant: boolean) => {
    if (drag === 'mark' && moved) marked(isMeant);
    drag = null;
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    if (pointers.size === 0) {
      start = at(event);
      moved = false;
      drag = event.pointerType === 'touch' || event.shiftKey ? 'pan' : 'mark';
    } else endMark(false);
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
      if (drag === 'mark') mark(start, x);
      else if (drag === 'pan') pan(x - last);
    } else {
      moved = true;
      const [other = x] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, there]) => there);
      const before = Math.max(Math.abs(last - other), 1);
      const after = Math.max(Math.abs(x - other), 1);
      zoom(before / after, other);
    }
    pointers.set(event.pointerId, x);
  });

  const end = (event: PointerEvent, isMeant: boolean) => {
    if (!pointers.delete(event.pointerId)) return;
    // Back where it began, it marks nothing.
    endMark(isMeant && Math.abs(at(event) - start) >= STILL);
    // Of two fingers one stays, and moves the picture.
    if (pointers.size > 0) drag = 'pan';
  };
  element.addEventListener('pointerup', (event) => end(event, true));
  element.addEventListener('pointercancel', (event) => end(event, false));
  element.addEventListener('pointerleave', (event) => end(event, false));

  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || drag !== 'mark' || !moved) return;
    endMark(false);
    event.preventDefault();
    event.stopImmediatePropagation();
  });

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
