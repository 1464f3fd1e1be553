/**
 * When things are drawn. A view says that it is out of date; a scheduled frame then draws those that are due, none
 * more often than it asked for. While no view is out of date, nothing is scheduled.
 */
import { watchSight } from './sight.ts';
import { tracked } from './tracked.ts';

interface Clock {
  /** milliseconds */
  now: () => number;
  /** calls back before the next repaint */
  frame: (callback: () => void) => void;
  later: (callback: () => void, ms: number) => void;
  /** calls back when the frame at work is painted */
  after: (callback: () => void) => void;
}

function browserClock(): Clock {
  return {
    now: () => performance.now(),
    frame: (callback) => requestAnimationFrame(callback),
    later: (callback, ms) => setTimeout(callback, ms),
    // Painting follows the callbacks of a frame at once, before any timer.
    after: (callback) => setTimeout(callback),
  };
}

/**
 * Milliseconds of drawing after which what is left waits for the next frame. Where threads wait for a processor
 * that is after the first view: a long task keeps a user who presses a button waiting many times as long.
 */
const BUDGET = 2;

/** A view may take this share of the time: one that takes long is drawn less often. */
const SHARE = 0.1;
/** Least milliseconds between two frames that are painted: a view that is due soon after one waits for the next. */
const EVEN = 33;
/** Processor time is judged by the fastest of so many times: a slow one had to wait for a processor. */
const JUDGED = 8;
/** And yet at least so often, milliseconds. */
const SELDOM = 1000;
/** Most milliseconds between two drawings of what is out of sight, though a search or a screen reader may come upon it. */
const UNSEEN = 3000;

interface Entry {
  draw: () => void;
  interval: number;
  seen: boolean;
  dirty: boolean;
  drawn: number;
  /** of drawing it */
  cost: Cost;
  /** what the browser takes to bring it to the screen */
  painting: Cost;
}

interface View {
  invalidate: () => void;
  setInterval: (ms: number) => void;
  /**
   * where it is seen: out of sight it is drawn as many times less often
   * as threads share a processor
   */
  within: (element: Element) => void;
}

/** What something takes of a processor, as far as a clock on the wall can tell. */
class Cost {
  #times: number[] = [];

  add(ms: number) {
    this.#times.push(ms);
    if (this.#times.length > JUDGED) this.#times.shift();
  }

  /** Milliseconds; 0 while nothing is known. */
  get ms() {
    return this.#times.length === 0 ? 0 : Math.min(...this.#times);
  }
}

export class Frames {
  clock;
  sight;
  entries: Entry[] = [];
  /** When the scheduled frame is due, and its number: a newer one replaces it. */
  due = Infinity;
  number = 0;
  /** How many threads there are for each processor; 1 where every thread has one. */
  crowd = 1;
  /** When the last frame began, and what it is known to cost, milliseconds. */
  painted = -Infinity;
  cost = 0;

  constructor(clock: Clock = browserClock(), sight: typeof watchSight = watchSight) {
    this.clock = clock;
    this.sight = sight;
  }

  /** @param running threads that compute */
  share(running: number, processors: number) {
    // Besides these the page's own thread, and the browser's that bring it to the screen.
    const crowd = Math.max(1, (running + 2) / processors);
    if (crowd === this.crowd) return;
    this.crowd = crowd;
    this.schedule();
  }

  /**
   * What it draws is drawn in the next frame, and again whenever a signal that the drawing has read has another value.
   *
   * @param interval least milliseconds between two drawings; 0 for what follows the user's hand
   */
  add(draw: () => void, interval: number = 0): View {
    const invalidate = () => {
      entry.dirty = true;
      this.schedule();
    };
    const entry: Entry = {
      draw: tracked(draw, invalidate),
      interval,
      seen: true,
      dirty: true,
      drawn: -Infinity,
      cost: new Cost(),
      painting: new Cost(),
    };
    this.entries.push(entry);
    this.schedule();
    return {
      invalidate,
      setInterval: (ms) => {
        entry.interval = ms;
      },
      within: (element) => {
        this.sight(element, (seen) => {
          // What comes into sight is not waited for.
          if (seen && !entry.seen) entry.drawn = -Infinity;
          entry.seen = seen;
          this.schedule();
        });
      },
    };
  }

  /**
   * For who only reads, and has others draw: it goes by a timer, since a frame costs the browser something
   * even when nothing is drawn in it.
   *
   * @param interval least milliseconds between two readings
   */
  read(read: () => void, interval: number): { invalidate: () => void } {
    let asked = false;
    let last = -Infinity;
    return {
      invalidate: () => {
        if (asked) return;
        asked = true;
        const turn = () => {
          asked = false;
          last = this.clock.now();
          read();
        };
        this.clock.later(turn, Math.max(0, last + interval - this.clock.now()));
      },
    };
  }

  schedule() {
    const dirty = this.entries.filter((entry) => entry.dirty);
    if (dirty.length === 0) return;
    const due = Math.min(...dirty.map((entry) => this.dueAt(entry)));
    // What is already scheduled must not keep a view waiting that is due earlier.
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

  /** Draws all that is out of date, whatever that takes: there is no time for a frame. */
  drawNow() {
    for (const entry of this.entries.filter(({ dirty }) => dirty)) {
      entry.dirty = false;
      entry.drawn = this.clock.now();
      entry.draw();
    }
  }

  run() {
    const now = this.clock.now();
    // A slack of one millisecond, or a timer that fires early would cost a whole frame.
    const due = this.entries.filter((entry) => entry.dirty && this.ownDue(entry) <= now + 1);
    // What follows a hand comes first, then the view that has waited for most of its intervals: none is left out for ever, and what
    // moves stays smooth.
    const waited = (entry: Entry) =>
      entry.interval === 0 ? Infinity : (now - entry.drawn) / this.leastOf(entry);
    due.sort((a, b) => waited(b) - waited(a) || 0);
    this.due = Infinity;
    if (due.length === 0) return this.schedule();
    this.painted = now;
    this.cost = 0;
    let spent = 0;
    const drawn: Entry[] = [];
    for (const entry of due) {
      if (drawn.length > 0 && (this.crowd > 1 || spent + entry.cost.ms > BUDGET)) break;
      drawn.push(entry);
      // Before it is drawn: it may say at once that it is out of date again.
      this.cost += entry.cost.ms + entry.painting.ms;
      entry.dirty = false;
      entry.drawn = now;
      const began = this.clock.now();
      entry.draw();
      entry.cost.add(this.clock.now() - began);
      spent += entry.cost.ms;
    }
    const ended = this.clock.now();
    // Of several views it is not known which one it was.
    if (drawn.length === 1) this.clock.after(() => drawn[0]?.painting.add(this.clock.now() - ended));
    this.schedule();
  }

  /** @returns when a frame is to be made for it; it comes along in an earlier one */
  dueAt(entry: Entry): number {
    const own = this.ownDue(entry);
    // A view that follows the user's hand and a view that was never drawn do not wait.
    if (entry.interval === 0 || entry.drawn === -Infinity) return own;
    // Where more threads want a processor than there are, the page gets its share and no more: a page that paints beyond
    // it is kept waiting by the operating system, and a user who presses a button meanwhile waits with it.
    const pace = this.cost * this.crowd;
    return Math.max(own, this.painted + Math.min(Math.max(EVEN, pace), SELDOM));
  }

  /** @returns when it may be drawn again */
  ownDue(entry: Entry): number {
    return entry.drawn + this.leastOf(entry);
  }

  /** @returns least milliseconds between two drawings */
  leastOf({ interval, seen, cost }: Entry): number {
    const wanted = seen ? interval : Math.max(interval, Math.min(interval * this.crowd, UNSEEN));
    return Math.max(wanted, Math.min(cost.ms / SHARE, SELDOM));
  }
}
