/** A canvas that fits its box, the screen's pixels and the size of the page's text. */

/** CSS pixels of the browser's usual text. */
const USUAL_TEXT = 16;
/** Units that a picture has from left to right at least, where its box is not narrower: its labels need them. */
const LEAST_WIDTH = 240;
/** CSS pixels of a picture that was never laid out: it can be saved all the same. */
const HIDDEN_WIDTH = 640;

/** One `rem` wide, so that its observer hears of larger text. */
let ruler: HTMLElement | undefined;

function textRuler() {
  if (!ruler) {
    ruler = document.createElement('span');
    ruler.ariaHidden = 'true';
    Object.assign(ruler.style, { position: 'absolute', visibility: 'hidden', width: '1rem' });
    document.body.append(ruler);
  }
  return ruler;
}

/**
 * What is drawn in it is drawn in units: CSS pixels where text has its usual size, as much larger as the text where
 * that is larger.
 *
 * Its width is as it was laid out last: asking the canvas would have the browser lay out the page in the middle of
 * what is being drawn.
 */
export class Plane {
  #canvas;
  /** CSS pixels. */
  #width = 0;
  #text = USUAL_TEXT;

  /** @param changed calls back when it has another size, or its text */
  constructor(canvas: HTMLCanvasElement, changed: () => void) {
    this.#canvas = canvas;
    const text = textRuler();
    const observer = new ResizeObserver((entries) => {
      const before = [this.#width, this.#text];
      for (const { target, contentRect } of entries) {
        if (target === text) this.#text = contentRect.width;
        else this.#width = Math.round(contentRect.width) || this.#width || HIDDEN_WIDTH;
      }
      if (before[0] !== this.#width || before[1] !== this.#text) changed();
    });
    observer.observe(canvas);
    observer.observe(text);
  }

  /** CSS pixels of a unit. */
  get #unit() {
    return Math.min(Math.max(1, this.#text / USUAL_TEXT), Math.max(1, this.#width / LEAST_WIDTH));
  }

  /** In units; 0 until it is known. While the canvas is out of sight, the one that it had. */
  get width() {
    return this.#width / this.#unit;
  }

  /**
   * @param height in units
   * @returns cleared, in units
   */
  prepare(height: number): CanvasRenderingContext2D {
    const canvas = this.#canvas;
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
    const w = Math.max(1, Math.round(this.#width * ratio));
    const h = Math.max(1, Math.round(height * this.#unit * ratio));
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.height = `${height * this.#unit}px`;
    }
    const ctx = canvas.getContext('2d') as CanvasRenderingContext2D;
    const scale = ratio * this.#unit;
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.clearRect(0, 0, this.width, height);
    return ctx;
  }

  /**
   * Where in the picture the user points.
   *
   * @param event of the canvas
   */
  point({ offsetX, offsetY }: MouseEvent) {
    return { x: offsetX / this.#unit, y: offsetY / this.#unit };
  }
}
