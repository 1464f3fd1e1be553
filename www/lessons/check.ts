/**
 * The closed set of checks: what a step of a lesson can wait for, and when it is done. `docs/checks.json` names all of
 * them; the command line (`src/cli/task/`) has the same rules, and `tests/tasks.json` holds both to them.
 */
import table from '../../docs/checks.json';

export type CheckName = keyof typeof table.checks;
export type FactName = keyof typeof table.facts;
/** What is known of something that has happened; null is not known. A count without a limit is infinite. */
export type Facts = Partial<Record<FactName, number | string | boolean | null>>;
/** Something that has happened, as checks see it. */
export type Happening = { check: CheckName; facts: Facts };

export interface Check {
  name: CheckName;
  conditions: Condition[];
  /** How often it has to happen. */
  times: number;
  /** The step, from 1, whose rate is compared with this one's; null for none. */
  against: number | null;
}

type Operator = '=' | '>=' | '<=';

interface Condition {
  fact: FactName;
  operator: Operator;
  value: number | string | boolean;
}

/** What is wrong with a lesson's text, where, and what was expected. */
export class TaskError extends Error {
  advice = 'docs/tasks.html has an example and the list of checks.';
}

/** Microseconds. */
const UNITS: Record<string, number> = { us: 1, µs: 1, ms: 1e3, s: 1e6, min: 60e6 };
const CONDITION = /^([a-z-]+)\s*(>=|<=|=)\s*(.+)$/s;

/** Parts between commas that are in no quotes. */
export function parts(text: string): string[] {
  const found = text.match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  return found.map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * @param text such as `stops, last = bulk, times = 3`
 * @throws {TaskError} in words
 */
export function readCheck(text: string): Check {
  const [name = '', ...rest] = parts(text);
  if (!Object.hasOwn(table.checks, name)) throw wrong('check', name, Object.keys(table.checks));
  const check: Check = { name: name as CheckName, conditions: [], times: 1, against: null };
  for (const part of rest) {
    const [, fact = '', operator, given = ''] = CONDITION.exec(part) ?? [];
    if (!operator)
      throw new TaskError(`"${part}" is no condition; expected a name, =, >= or <=, and a value`);
    const value = /^"[^"]*"$/.test(given) ? given.slice(1, -1) : given;
    if (fact === 'times') check.times = fromOne(fact, value);
    else if (fact === 'against') check.against = fromOne(fact, value);
    else check.conditions.push(readCondition(check.name, fact, operator as Operator, value));
  }
  return check;
}

function readCondition(check: CheckName, fact: string, operator: Operator, value: string): Condition {
  const known = factsOf(check);
  if (!known.includes(fact as FactName)) throw wrong(`fact of "${check}"`, fact, known);
  const name = fact as FactName;
  const about = table.facts[name];
  const isNumber = about.type === 'number' || about.type === 'time' || about.type === 'bytes';
  if (!isNumber && operator !== '=')
    throw new TaskError(`"${fact} ${operator}" cannot be; expected "${fact} ="`);
  switch (about.type) {
    case 'time':
      return { fact: name, operator, value: time(fact, value) };
    case 'number':
    case 'bytes':
      return { fact: name, operator, value: whole(fact, value) };
    case 'yes':
      if (value !== 'yes' && value !== 'no') throw new TaskError(`${fact} is "${value}"; expected yes or no`);
      return { fact: name, operator, value: value === 'yes' };
    case 'word':
      if (!('words' in about) || !about.words.includes(value))
        throw wrong(fact, value, 'words' in about ? about.words : []);
  }
  return { fact: name, operator, value };
}

/** What a check can be asked about. */
export function factsOf(check: CheckName): FactName[] {
  return [...table.checks[check].facts, ...table.run] as FactName[];
}

function wrong(what: string, given: string, known: string[]) {
  return new TaskError(`there is no ${what} "${given}"; expected one of ${known.join(', ')}`);
}

/** @throws {TaskError} */
export function whole(name: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new TaskError(`${name} is "${value}"; expected a whole number`);
}

function fromOne(name: string, value: string) {
  const n = whole(name, value);
  if (n >= 1) return n;
  throw new TaskError(`${name} is "${value}"; expected a whole number from 1`);
}

function time(name: string, value: string): number {
  const [, figure, unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?)\s*([a-zµ]+)$/.exec(value) ?? [];
  const size = UNITS[unit];
  if (figure !== undefined && size !== undefined) return Number(figure) * size;
  throw new TaskError(`${name} is "${value}"; expected a time such as 500 us, 20 ms, 1 s or 2 min`);
}

/** @returns the first condition that does not hold; undefined when all hold */
export function missed(check: Check, facts: Facts): Condition | undefined {
  return check.conditions.find(({ fact, operator, value }) => {
    const found = facts[fact];
    if (found === undefined || found === null) return true;
    if (table.facts[fact].type === 'part') return !String(found).includes(String(value));
    if (operator === '>=') return !(Number(found) >= Number(value));
    if (operator === '<=') return !(Number(found) <= Number(value));
    return String(found) !== String(value);
  });
}
