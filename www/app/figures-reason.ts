/**
 * Whose percentiles are shown: what the user has chosen by hand, until another is chosen or another run begins. No press
 * that stops the world, and no pause that comes by itself, takes its place: the user is comparing the figures of one
 * reason while the others go on. Where nothing was chosen, of the pause that is looked at, or of the last one.
 */
import { REASONS } from '../run/columns.ts';
import type { Reason, Stats } from '../run/types.ts';
import type { PageState } from './page-state.ts';

type Asked = Pick<PageState, 'figuresOf' | 'recording' | 'selected'>;

/** @returns null where the page is to choose */
export function chosenReason({ figuresOf, recording }: Asked): Reason | null {
  return figuresOf?.recording === recording ? figuresOf.reason : null;
}

export function figuresReason(state: Asked, stats: Stats): Reason {
  const chosen = chosenReason(state);
  if (chosen) return chosen;
  const { recording, selected } = state;
  const pause = (selected === null ? null : recording.pause(selected)) ?? recording.last;
  const wanted = pause?.reason ?? 'gc';
  // Pauses for another reason take their place once there are figures of them.
  return [wanted, ...REASONS].find((reason) => stats[reason].count > 0) ?? wanted;
}
