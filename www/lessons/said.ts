/** What a lesson says of what it has seen. */
import table from '../../docs/checks.json';
import { bytes, count, duration, plural } from '../words/format.ts';
import { TELLABLE } from '../run/run-summary.ts';
import { missed } from './check.ts';
import type { Check, FactName, Facts } from './check.ts';

/**
 * Puts in what is known.
 *
 * @param text with the names of facts in braces: `{ttsp}`, or `{1.rate}` of the first step
 * @param seen the facts of each step that was done
 * @param step of the clock, microseconds
 */
export function filled(text: string, facts: Facts, seen: (Facts | undefined)[], step: number): string {
  return text.replace(/\{(?:(\d+)\.)?([a-z-]+)\}/g, (whole, of: string | undefined, name: string) => {
    if (!Object.hasOwn(table.facts, name)) return whole;
    const from = of === undefined ? facts : (seen[Number(of) - 1] ?? {});
    return shown(name as FactName, from, step);
  });
}

/** Names in braces that are no facts. */
export function strangers(text: string): string[] {
  return [...text.matchAll(/\{(?:\d+\.)?([a-z-]+)\}/g)].flatMap(([, name = '']) =>
    Object.hasOwn(table.facts, name) ? [] : [name],
  );
}

function shown(name: FactName, facts: Facts, step: number) {
  const value = facts[name];
  if (value === undefined || value === null) return 'not known';
  if (value === Infinity) return 'unbounded';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  const { type } = table.facts[name];
  return type === 'time' ? duration(value, step) : type === 'bytes' ? bytes(value) : count(value);
}

/** Why it does not count: what was found, and what is asked for. */
export function missedText(check: Check, facts: Facts, step: number): string {
  const condition = missed(check, facts);
  if (!condition) return '';
  const { fact, operator, value } = condition;
  const than = { '=': '', '>=': 'at least ', '<=': 'at most ' }[operator];
  return `Not yet: ${means(fact)} is ${shown(fact, facts, step)}; asked for is ${than}${shown(fact, { [fact]: value }, step)}.`;
}

/** In short, as the documents have it in full. */
function means(fact: FactName) {
  return `"${fact}" (${table.facts[fact].means.replace(/[;,:(].*$/s, '').trim()})`;
}

/** How many hits there are, and how many happenings were none. */
export function score(check: Check, hits: number, misses: number) {
  if (check.times === 1) return '';
  return `${hits} of ${check.times} seen${misses > 0 ? ` · ${misses} missed` : ''}. `;
}

/** Compares the rates of two steps. */
export function comparedText(facts: Facts, other: Facts | undefined, against: number) {
  const [now, before] = [Number(facts.rate), Number(other?.rate)];
  if (!(now > 0 && before > 0)) return 'The two cannot be compared: one of the rates is not known.';
  const change = now / before - 1;
  if (Math.abs(change) < TELLABLE)
    return `So here the two speeds cannot be told apart: two runs of one program differ by ${TELLABLE * 100} % and more anyway.`;
  const percent = `${Math.round(Math.abs(change) * 100)} %`;
  return `Here it executed ${percent} ${change > 0 ? 'more' : 'fewer'} instructions a second than in step ${against}. That may be the polls or the machine, for each ran once: Compare measures them by turns.`;
}

/** What is said where the lesson's author has said nothing. */
export function plainText({ name }: Check, facts: Facts, step: number): string {
  const show = (fact: FactName) => shown(fact, facts, step);
  switch (name) {
    case 'stops':
      return `The world stood still after ${show('ttsp')}.`;
    case 'waits':
      return `Worker ${show('worker')} does not arrive, and all others stand still and wait for it.`;
    case 'given-up':
      return `The request was given up after ${show('after')}: ${plural(Number(facts.missing), 'worker')} had not arrived.`;
    case 'breaks':
      return `Worker ${show('worker')} came to line ${show('line')} with task ${show('task')}.`;
    case 'snapshot':
      return `The snapshot is taken: ${show('size')} with ${plural(Number(facts.tasks), 'task')} and ${plural(Number(facts.objects), 'object')}.`;
    case 'restored':
      return `It goes on from the snapshot with ${plural(Number(facts.workers), 'worker')}.`;
    case 'ends':
      if (facts.trap) return 'A trap ended the program.';
      return facts.result === 'undefined' ? 'The program has ended.' : `It ended with ${show('result')}.`;
    case 'path':
      return `The longest path without a poll: ${show('instructions')}${Number.isFinite(facts.instructions) ? ' instructions' : ''}.`;
    case 'protocol':
      return `Workers made ${show('steps')} steps in a world that was taken for stopped.`;
    default:
      return '';
  }
}
