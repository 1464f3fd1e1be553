/** The engine's time on the page: learned from its events, which are never from the future. */

export class EngineClock {
  /** @param {() => number} [local] the page's own clock, milliseconds */
  constructor(local = () => performance.now()) {
    this.local = local;
    /** Least of local time minus engine time seen so far, microseconds. */
    this.offset = Infinity;
  }

  /** An event of this instant was just read. @param {number} time engine time, microseconds */
  saw(time) {
    this.offset = Math.min(this.offset, this.local() * 1000 - time);
  }

  /** Another engine counts from another start. */
  reset() {
    this.offset = Infinity;
  }

  /** @returns {number} engine time, microseconds; 0 before the first event */
  now() {
    return Number.isFinite(this.offset) ? this.local() * 1000 - this.offset : 0;
  }
}
