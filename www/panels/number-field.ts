/** A field for a whole number, whose limits stand in the document. */
import { byId, setText } from './dom.ts';

/**
 * Says in the run settings what was made of a number that cannot be, until a field is left with one that can.
 *
 * @param before what it was: it stays where no number is given
 */
export function readNumber(input: HTMLInputElement, before: number): number {
  const [least, most] = [Number(input.min), Number(input.max)];
  const given = Math.round(input.valueAsNumber);
  const isNone = Number.isNaN(given);
  const value = isNone ? before : Math.min(most, Math.max(least, given));
  const wrong = isNone
    ? `That is no number: it stays ${value}`
    : `${given} is too ${given < least ? 'small' : 'large'}: it is ${value} now`;
  setText(byId('settings-said'), value === given ? '' : `${wrong}, of ${least} to ${most}.`);
  input.value = String(value);
  return value;
}
