/**
 * When things are drawn. A view says that it is out of date; one scheduled frame then draws all
 * that are, none more often than it asked for. While nobody is out of date, nothing is scheduled.
 */

/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds
 * @property {(callback: () => void) => void} frame calls back before the next repaint
 * @property {(callback: () => void, ms: number) => void} later
 */

/** @returns {Clock} */
function browserClock() {
  return {
    now: () => performance.now(),
    frame: (callback) => requestAnimationFrame(callback),
    later: (callback, ms) => setTimeout(callback, ms),
  };
}

/** @typedef {{ draw: () => void, interval: number, dirty: boolean, drawn: number }} Entry */

export class Frames {
  /** @param {Clock} [clock] */
  constructor(clock = browserClock()) {
    this.clock = clock;
    /** @type {Entry[]} */
    this.entries = [];
    /** When the scheduled frame is due, and its number: a newer one replaces it. */
    this.due = Infinity;
    this.number = 0;
  }

  /**
   * @param {() => void} draw
   * @param {number} [interval] least milliseconds between two drawings
   * @returns {{ invalidate: () => void, setInterval: (ms: number) => void }}
   */
  add(draw, interval = 0) {
    /** @type {Entry} */
    const entry = { draw, interval, dirty: false, drawn: -Infinity };
    this.entries.push(entry);
    return {
      invalidate: () => {
        entry.dirty = true;
        this.schedule();
      },
      setInterval: (ms) => {
        entry.interval = ms;
      },
    };
  }

  schedule() {
    const dirty = this.entries.filter((entry) => entry.dirty);
    if (dirty.length === 0) return;
    const due = Math.min(...dirty.map((entry) => entry.drawn + entry.interval));
    // What is already scheduled must not keep somebody waiting who is due earlier.
    if (this.due <= due) return;
    this.due = due;
    const number = ++this.number;
    const frame = () =>
      this.clock.frame(() => {
        if (number === this.number) this.run();
      });
    const wait = due - this.clock.now();
    if (wait > 0) this.clock.later(frame, wait);
    else frame();
  }

  run() {
    const now = this.clock.now();
    // A slack of one millisecond, or a timer that fires early would cost a whole frame.
    const due = this.entries.filter((entry) => entry.dirty && entry.drawn + entry.interval <= now + 1);
    for (const entry of due) {
      entry.dirty = false;
      entry.drawn = now;
    }
    this.due = Infinity;
    for (const entry of due) {
      try {
        entry.draw();
      } catch (error) {
        // One view's fault must not stop the others.
        reportError(error);
      }
    }
    this.schedule();
  }
}
