/** What a stretch of the timeline contains, in words. */
import { duration, percent, plural } from './format.ts';
import type { Stretch } from '../run/stretch.ts';

/** @param step of the clock */
export function stretchText({ length, pauses, givenUp, stopped, isWhole }: Stretch, step: number) {
  const least = isWhole ? '' : 'at least ';
  const said = [`${duration(length, step)} long`];
  if (pauses === 0) said.push(isWhole ? 'no pause' : 'no pause that is still known');
  else {
    const share = length > 0 ? ` (${percent(stopped / length)})` : '';
    said.push(`${least}${plural(pauses, 'pause')}`, `stopped for ${least}${duration(stopped, step)}${share}`);
  }
  if (givenUp > 0) said.push(`${plural(givenUp, 'request')} given up`);
  return said.join(' · ');
}
