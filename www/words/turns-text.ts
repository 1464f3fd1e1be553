/** Policies that were measured by turns, in words. */
import { count, duration, fewEdges, plural } from './format.ts';
import { isTellable, spread } from '../run/turns.ts';
import type { Compared, Placement, Spread } from '../run/turns.ts';
import type { PollPolicy } from '../run/types.ts';

const EITHER = new Intl.ListFormat('en', { type: 'disjunction' });

const percent = (ratio: number) => {
  const change = Math.round((ratio - 1) * 100);
  return `${change < 0 ? '−' : '+'}${Math.abs(change)}`;
};

/** What a policy does at back-edges, in which those that are measured differ. */
export function edgesText({ back_edges: polls, every, adapt }: PollPolicy) {
  if (!polls) return 'no back-edge';
  if (adapt !== undefined) return fewEdges(adapt);
  return every === 1 ? 'every back-edge' : `one back-edge in ${every}`;
}

/** Where all of it polls, after "polls at". */
export function placementText({ policy, within }: Placement) {
  if (within === null) return edgesText(policy);
  return `places at most ${plural(within, 'instruction')} apart`;
}

/** `+77 % (+74 to +80)`. */
export function changeText(ratio: Spread) {
  if (!isTellable(ratio)) return 'cannot be told apart';
  return `${percent(ratio.median)}\u202f% (${percent(ratio.least)} to ${percent(ratio.most)})`;
}

/** `1.42 G/s (1.40 to 1.44)`. */
export function rateText(rates: number[]) {
  if (rates.length === 0) return 'not known';
  const { median, least, most } = spread(rates);
  return `${count(median)}/s${rates.length > 1 ? ` (${count(least)} to ${count(most)})` : ''}`;
}

/** @param step of the clock, microseconds */
export function waitText({ waits, isAtLeast, isUnanswered, longest }: Compared, step: number) {
  if (waits.length === 0) return 'no request';
  const least = isUnanswered ? '≥\u202f' : '';
  return `${least}${duration(spread(waits).median, step)}, longest ${isAtLeast ? '≥\u202f' : ''}${duration(longest, step)}`;
}

/** What is being measured, as the headline says it while it is. */
export function measuringText({
  placement,
  round,
  rounds,
  ms,
  everyMs,
}: {
  placement: Placement;
  /** from 0 */
  round: number;
  rounds: number;
  /** how long a turn measures, and how often it requests a stop, milliseconds */
  ms: number;
  everyMs: number;
}): [headline: string, more: string] {
  return [
    `Measuring by turns: round ${round + 1} of ${rounds}, polls at ${placementText(placement)}.`,
    `Each placement runs for ${plural(ms / 1000, 'second')} in each round, and a stop is requested every ${everyMs}\u202fms.`,
  ];
}

/** What each placement but the first does to the work, and to the stops; in one sentence where that is the same. */
export function turnsText(all: Compared[], step: number): string {
  const [first, ...others] = all;
  if (!first || others.length === 0) return '';
  const groups: Map<string, Compared[]> = new Map();
  for (const one of others) {
    const key = `${kindOf(one.ratio)} ${stopsText(one, first, step)}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const told = [...groups.values()].map((group) => {
    const places = group.map((one) => placementText(one.placement));
    const ratios = group.flatMap(({ ratio }) => (ratio ? [ratio] : []));
    const stops = group[0] ? stopsText(group[0], first, step) : '';
    return `With polls at ${EITHER.format(places)} ${workText(ratios)}${stops}.`;
  });
  return [...told, ...littleText(all)].join(' ');
}

/** Paths of so many instructions are short beside a poll, where that is seen. */
const LITTLE = 30;
const MUCH = 1.2;

/** Why a poll costs so much here: who has measured one loop may think it of all. */
function littleText([first, ...others]: Compared[]) {
  const bound = first?.summary.bound;
  const isMuch = others.some(({ ratio }) => ratio && isTellable(ratio) && ratio.median >= MUCH);
  if (typeof bound !== 'number' || bound > LITTLE || !isMuch) return [];
  return [
    `With polls at every back-edge at most ${bound} instructions lie between two polls: beside so little work a poll is much.`,
  ];
}

/** Ratios of which the same is said. */
function kindOf(ratio: Spread | null) {
  if (!ratio) return 'unknown';
  return isTellable(ratio) ? (ratio.median > 1 ? 'more' : 'less') : 'untold';
}

function stopsText({ waits, waitRatio, isUnanswered, isDeaf }: Compared, first: Compared, step: number) {
  if (waits.length === 0 || first.waits.length === 0 || first.isUnanswered) return '';
  const [own, base] = [spread(waits), spread(first.waits)];
  if (isDeaf) return ', and no stop came before its turn was over';
  if (isUnanswered) return `, and half of the requests waited longer than ${duration(own.median, step)}`;
  const differs = waitRatio !== null && isTellable(waitRatio) && Math.abs(own.median - base.median) > step;
  if (!differs) return ', and stops came as soon, as far as can be told';
  const within = ({ median, least, most }: Spread) =>
    `${duration(median, step)} (${duration(least, step)} to ${duration(most, step)})`;
  return `, and half of the stops came within ${within(own)} instead of ${within(base)}`;
}

/** @param ratios all of one kind */
function workText(ratios: Spread[]) {
  const [first] = ratios;
  if (!first) return 'it is not known how much work was done';
  const least = Math.min(...ratios.map((ratio) => ratio.least));
  const most = Math.max(...ratios.map((ratio) => ratio.most));
  if (!isTellable(first))
    return `it cannot be told whether more or less work was done (${percent(least)} to ${percent(most)}\u202f%)`;
  const by = (value: number) => Math.abs(Math.round((value - 1) * 100));
  const [from, to] = [by(least), by(most)].sort((a, b) => a - b);
  const all = `${from} to ${to}\u202f%`;
  const [one, ...others] = ratios;
  const amount = one && others.length === 0 ? `${by(one.median)}\u202f% (${from} to ${to})` : all;
  return `${amount} ${first.median > 1 ? 'more' : 'less'} work was done`;
}
