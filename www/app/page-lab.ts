/** The lab of a page that shows it: what scripts find at `window.lab`. */
import { LabError } from '../engine/errors.ts';
import { Lab } from '../engine/lab.ts';
import type { LabOptions, Pause } from '../run/types.ts';

/** What the page does for it. */
interface Page {
  /** Before scripts have their turn; it must not await `ready`. */
  first: () => Promise<void>;
  link: () => Promise<string>;
  /** Shows one of the lab's pauses, or with null what happens now. */
  show: (pause: number | null) => void;
}

/** A {@link Lab} that a page shows. */
export class PageLab extends Lab {
  #page: Page;

  /** @internal */
  constructor(options: LabOptions, page: Page) {
    super(options);
    this.#page = page;
    this.ready = this.ready.then(() => page.first());
    this.ready.catch(() => {});
  }

  /** An address that opens the page with its program and settings, and with the pause that is looked at if it fits. */
  link(): Promise<string> {
    return this.#page.link();
  }

  /**
   * Has the page show a pause.
   *
   * @param pause it or its number; null for what happens now
   */
  select(pause: Pause | number | null): void {
    const id = typeof pause === 'object' ? (pause?.id ?? null) : pause;
    if (id !== null && this.held?.id !== id && !this.pauses.some((kept) => kept.id === id))
      throw new LabError(
        'invalid',
        `There is no pause ${id}.`,
        'Take one of `lab.pauses`, or null for what happens now.',
      );
    this.#page.show(id);
  }
}
