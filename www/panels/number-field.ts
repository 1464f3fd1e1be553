/** A field for a whole number, whose limits stand in the document. */
import { byId, setText } from './dom.ts';

/** Says in the run settings what was made of a number that cannot be, until a field is left with one that can. */
export function readNumber(input: HTMLInputElement): number {
  const [least, most] = [Number(input.min), Number(input.max)];
  const given = Math.round(input.valueAsNumber);
  const value = Math.min(most, Math.max(least, Number.isNaN(given) ? least : given));
  const wrong = Number.isNaN(given)
    ? 'That is no number'
    : `${given} is too ${given < least ? 'small' : 'large'}`;
  setText(
    byId('settings-said'),
    value === given ? '' : `${wrong}: it is ${value} now, of ${least} to ${most}.`,
  );
  input.value = String(value);
  return value;
}
