/**
 * Checks of values that come from outside, put together from small ones. Each takes a value and where it
 * stands, and returns the value with its type; fields that were not asked for are left out.
 */

export type Check<T> = (value: unknown, place: string) => T;

/** Most characters of a text that says something, beside programs and what they print. */
const LONGEST = 100_000;

/** Says where something stands that cannot be, what it is, and what was expected. */
export class CheckError extends Error {
  name = 'CheckError';
  place;
  found;
  expected;

  constructor(place: string, value: unknown, expected: string) {
    const found = shown(value);
    super(`${place} is ${found}; expected ${expected}`);
    this.place = place;
    this.found = found;
    this.expected = expected;
  }
}

function shown(value: unknown) {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  // JSON has no infinity and no NaN.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** @param longest characters */
export function text(longest: number = LONGEST): Check<string> {
  return (value, place) => {
    if (typeof value !== 'string') throw new CheckError(place, value, 'a text');
    if (value.length <= longest) return value;
    throw new CheckError(place, value, `a text of at most ${longest} characters`);
  };
}

export const yesOrNo: Check<boolean> = (value, place) => {
  if (typeof value === 'boolean') return value;
  throw new CheckError(place, value, 'true or false');
};

export function number(least: number, most: number): Check<number> {
  return (value, place) => {
    if (typeof value === 'number' && value >= least && value <= most) return value;
    throw new CheckError(place, value, `a number from ${least} to ${most}`);
  };
}

export function whole(least: number, most: number): Check<number> {
  return (value, place) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new CheckError(place, value, `a whole number from ${least} to ${most}`);
  };
}

export function oneOf<Choice extends string>(choices: readonly Choice[]): Check<Choice> {
  return (value, place) => {
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    throw new CheckError(place, value, `one of ${choices.join(', ')}`);
  };
}

/** What another check looks at. */
export const anything: Check<unknown> = (value) => value;

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, place) => (value === null ? null : check(value, place));
}

/** A field that may be missing, and is null then. */
export function optional<T>(check: Check<T>): Check<T | null> {
  return (value, place) => (value === undefined || value === null ? null : check(value, place));
}

/** A field that may be missing, and stays so. */
export function ifGiven<T>(check: Check<T>): Check<T | undefined> {
  return (value, place) => (value === undefined ? undefined : check(value, place));
}

export function list<T>(check: Check<T>, most: number): Check<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw new CheckError(place, value, 'a list');
    if (value.length > most) throw new CheckError(place, value, `a list of at most ${most}`);
    return value.map((item, i) => check(item, `${place}[${i}]`));
  };
}

export function record<Fields extends Record<string, Check<any>>>(
  fields: Fields,
): Check<{ [Name in keyof Fields]: ReturnType<Fields[Name]> }> {
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new CheckError(place, value, 'an object');
    const given = value as Record<string, unknown>;
    const entries = Object.entries(fields).map(([name, check]) => [
      name,
      check(Object.hasOwn(given, name) ? given[name] : undefined, place === '' ? name : `${place}.${name}`),
    ]);
    const read: any = Object.fromEntries(entries.filter(([, field]) => field !== undefined));
    return read;
  };
}

/**
 * Columns of one table: records whose lists are equally long.
 *
 * @param fields of each row
 * @param most rows
 * @param newer columns that older files do not have; null in every row then
 */
export function columns<Fields extends Record<string, Check<any>>>(
  fields: Fields,
  most: number,
  newer: (keyof Fields)[] = [],
): Check<{ rows: number; columns: { [Name in keyof Fields]: ReturnType<Fields[Name]>[] } }> {
  const check = record(
    Object.fromEntries(
      Object.entries(fields).map(([name, of]) => {
        const column = list(of, most);
        return [name, newer.includes(name) ? optional(column) : column];
      }),
    ),
  );
  return (value, place) => {
    const all: Record<string, unknown[] | null> = check(value, place);
    const [first = '', ...others] = Object.keys(fields);
    const rows = all[first]?.length ?? 0;
    for (const name of others) {
      const column = (all[name] ??= Array(rows).fill(null));
      if (column.length !== rows)
        throw new CheckError(`${place}.${name}`, column, `a list of ${rows}, as ${place}.${first}`);
    }
    return { rows, columns: all as any };
  };
}
