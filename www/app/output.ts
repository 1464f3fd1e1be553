/** What the program printed. Bounded: beyond the limit the beginning is forgotten and counted. */

export class Output {
  limit;
  text = '';
  /** Characters that were forgotten. */
  dropped = 0;
  changed: () => void = () => {};

  /** @param limit characters that are kept */
  constructor(limit: number) {
    this.limit = limit;
  }

  add(text: string) {
    const all = this.text + text;
    if (all.length > this.limit) {
      // At a line end, so that the first line shown is a whole one.
      const cut = all.indexOf('\n', all.length - this.limit) + 1 || all.length - this.limit;
      this.dropped += cut;
      this.text = all.slice(cut);
    } else this.text = all;
    this.changed();
  }

  clear() {
    this.text = '';
    this.dropped = 0;
    this.changed();
  }
}
