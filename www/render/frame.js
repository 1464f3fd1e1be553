/**
 * When things are drawn. A view says that it is out of date; one scheduled frame then draws all
 * that are, none more often than it asked for. While nobody is out of date, nothing is scheduled.
 */

/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds
 * @property {(callback: () => void) => void} frame calls back before the next repaint
 * @property {(callback: () => void, ms: number) => void} later
 * @property {(callback: () => void) => void} after calls back when the frame at work is painted
 */

/** @returns {Clock} */
function browserClock() {
  return {
    now: () => performance.now(),
    frame: (callback) => requestAnimationFrame(callback),
    later: (callback, ms) => setTimeout(callback, ms),
    // Painting follows the callbacks of a frame at once, before any timer.
    after: (callback) => setTimeout(callback),
  };
}

/**
 * Milliseconds after which what is left to draw waits for the next frame: where many workers share few
 * cores, a long task keeps whoever presses a button waiting many times as long.
 */
const BUDGET = 4;

/** A view may take this share of the time: one that takes long is drawn less often. */
const SHARE = 0.1;
/**
 * Painting that takes longer than this after a frame was drawn, milliseconds, had to wait for a processor: many
 * workers share few cores. The operating system then owes the page nothing for many times as long, and whoever presses
 * a button meanwhile waits with it. So for each millisecond over it nothing is drawn for so many.
 */
const PROMPT = 20;
const PATIENCE = 12;
/** And yet at least so often, milliseconds. */
const SELDOM = 1000;

/** @typedef {{ draw: () => void, interval: number, paints: boolean, dirty: boolean, drawn: number, cost: number }} Entry */

export class Frames {
  /** @param {Clock} [clock] */
  constructor(clock = browserClock()) {
    this.clock = clock;
    /** @type {Entry[]} */
    this.entries = [];
    /** When the scheduled frame is due, and its number: a newer one replaces it. */
    this.due = Infinity;
    this.number = 0;
    /** How long painting took after the last frame was drawn, milliseconds, after the one before, and when it was over. */
    this.painting = 0;
    this.before = 0;
    this.painted = -Infinity;
  }

  /**
   * @param {() => void} draw
   * @param {number} [interval] least milliseconds between two drawings
   * @param {{ paints?: boolean }} [what] whether it draws anything; who only reads does not wait for pictures
   * @returns {{ invalidate: () => void, setInterval: (ms: number) => void }}
   */
  add(draw, interval = 0, { paints = true } = {}) {
    /** @type {Entry} */
    const entry = { draw, interval, paints, dirty: false, drawn: -Infinity, cost: 0 };
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
    const due = Math.min(...dirty.map((entry) => this.dueAt(entry)));
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
    const due = this.entries.filter((entry) => entry.dirty && this.dueAt(entry) <= now + 1);
    // Who waits longest comes first, so that nobody is left out for ever.
    due.sort((a, b) => Math.max(0, this.dueAt(a)) - Math.max(0, this.dueAt(b)));
    this.due = Infinity;
    for (const entry of due) {
      if (entry !== due[0] && this.clock.now() - now > BUDGET) break;
      entry.dirty = false;
      entry.drawn = now;
      const began = this.clock.now();
      try {
        entry.draw();
      } catch (error) {
        // One view's fault must not stop the others.
        reportError(error);
      }
      entry.cost = this.clock.now() - began;
    }
    if (due.length > 0) {
      const drawn = this.clock.now();
      this.clock.after(() => {
        this.painted = this.clock.now();
        [this.before, this.painting] = [this.painting, this.painted - drawn];
      });
    }
    this.schedule();
  }

  /** @param {Entry} entry @returns {number} when it may be drawn again */
  dueAt({ drawn, interval, cost, paints }) {
    const own = drawn + Math.max(interval, Math.min(cost / SHARE, SELDOM));
    // One that paints much is no sign of a lack of processors, and who was never drawn waits for nobody.
    const wait = !paints || drawn === -Infinity ? 0 : Math.min(this.painting, this.before);
    const rest = Math.max(0, wait - PROMPT) * PATIENCE;
    return rest === 0 ? own : Math.max(own, this.painted + Math.min(rest, SELDOM));
  }
}
