/** Remembers when the page was hidden, since a browser slows hidden pages down and figures taken then say little. */

/** @import { Pause } from './types.js' */

/** What a hidden page adds to the sentence of a pause. */
const HIDDEN = 'The page was hidden meanwhile: browsers slow hidden pages down.';

export class Visibility {
  #changes = 0;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#changes++);
  }

  /** @returns {Mark} this moment, for {@link tell} */
  mark() {
    return { changes: this.#changes, hidden: document.hidden };
  }

  /** @param {Mark} mark @returns {boolean} whether the page was hidden at some time since then */
  #hiddenSince(mark) {
    return mark.hidden || document.hidden || this.#changes !== mark.changes;
  }

  /**
   * Has a pause tell whether the page was hidden during it.
   *
   * @param {Pause} pause
   * @param {Mark} mark when it began, or since when more is known of it
   * @param {boolean} [before] what was known of it so far
   */
  tell(pause, mark, before = false) {
    pause.hidden = before || this.#hiddenSince(mark);
    if (pause.hidden) pause.sentence += ` ${HIDDEN}`;
  }
}

/** @typedef {{ changes: number, hidden: boolean }} Mark */
