/** A value of the stopped world, as a way to what it refers to, and beside it what it was before. */
import { make } from './dom.ts';

/** A value; if it is a reference that can be followed, a button of that name and object. */
export function valueOf(name: string, value: string, object: number | null) {
  if (object === null) return make('span', { text: value });
  return make('button', {
    type: 'button',
    class: 'link',
    title: 'Its fields, and what refers to it',
    'data-object': object,
    'data-name': name,
    text: value,
  });
}

/** What is said of a value behind it. */
export function mark(text: string) {
  return make('span', {}, ' ', make('small', { class: 'was', text }));
}

/** @param before undefined where that is not known */
export function wasText(before: string | undefined, value: string) {
  if (before === undefined || before === value) return null;
  return mark(`was ${before}`);
}
