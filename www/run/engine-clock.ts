/** The engine's time on the page: learned from its events, which are never from the future. */

export class EngineClock {
  local;
  /** Least of local time minus engine time seen so far, microseconds. */
  offset = Infinity;

  /** @param local the page's own clock, milliseconds */
  constructor(local: () => number = () => performance.now()) {
    this.local = local;
  }

  /**
   * An event of this instant was just read.
   *
   * @param time engine time, microseconds
   */
  saw(time: number) {
    this.offset = Math.min(this.offset, this.local() * 1000 - time);
  }

  /** Another engine counts from another start. */
  reset() {
    this.offset = Infinity;
  }

  /** @returns engine time, microseconds; 0 before the first event */
  now(): number {
    return Number.isFinite(this.offset) ? this.local() * 1000 - this.offset : 0;
  }
}
