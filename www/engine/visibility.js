/** Remembers when the page was hidden, since a browser slows hidden pages down and figures taken then say little. */

export class Visibility {
  #changes = 0;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#changes++);
  }

  /** @returns {Mark} this moment, for {@link hiddenSince} */
  mark() {
    return { changes: this.#changes, hidden: document.hidden };
  }

  /**
   * @param {Mark} mark
   * @returns {boolean} whether the page was hidden at some time since then
   */
  hiddenSince(mark) {
    return mark.hidden || document.hidden || this.#changes !== mark.changes;
  }
}

/** @typedef {{ changes: number, hidden: boolean }} Mark */
