/** A lesson that comes from elsewhere: with a link, from a file, or from an address of the page's own host. */

/** The lesson's text, and how it came: what decides whether its program may run before the reader has seen it. */
export interface Brought {
  text: string;
  from: 'link' | 'file' | 'host';
}

/** The id of such a lesson. */
export const BROUGHT = 'brought';

/** Characters: more is no lesson. */
export const LONGEST_LESSON = 50_000;

/** What begins like a lesson; whether it can be read is another question. */
export function isLesson(text: string) {
  return /^\ufeff?---\r?\n/.test(text);
}
