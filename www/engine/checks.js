/**
 * Checks of values that come from outside, put together from small ones. Each takes a value and where it
 * stands, and returns the value with its type; fields that were not asked for are left out.
 */

/**
 * @template T
 * @typedef {(value: unknown, place: string) => T} Check
 */

/** Most characters of a text that says something, beside programs and what they print. */
const LONGEST = 100_000;

/** Says where something stands that cannot be, what it is, and what was expected. */
export class CheckError extends Error {
  /**
   * @param {string} place
   * @param {unknown} value
   * @param {string} expected
   */
  constructor(place, value, expected) {
    super(`${place} is ${shown(value)}; expected ${expected}`);
    this.name = 'CheckError';
  }
}

/** @param {unknown} value */
function shown(value) {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/**
 * @param {number} [longest] characters
 * @returns {Check<string>}
 */
export function text(longest = LONGEST) {
  return (value, place) => {
    if (typeof value !== 'string') throw new CheckError(place, value, 'a text');
    if (value.length <= longest) return value;
    throw new CheckError(place, value, `a text of at most ${longest} characters`);
  };
}

/** @type {Check<boolean>} */
export const yesOrNo = (value, place) => {
  if (typeof value === 'boolean') return value;
  throw new CheckError(place, value, 'true or false');
};

/**
 * @param {number} least
 * @param {number} most
 * @returns {Check<number>}
 */
export function number(least, most) {
  return (value, place) => {
    if (typeof value === 'number' && value >= least && value <= most) return value;
    throw new CheckError(place, value, `a number from ${least} to ${most}`);
  };
}

/**
 * @param {number} least
 * @param {number} most
 * @returns {Check<number>}
 */
export function whole(least, most) {
  return (value, place) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new CheckError(place, value, `a whole number from ${least} to ${most}`);
  };
}

/**
 * @template {string} Choice
 * @param {readonly Choice[]} choices
 * @returns {Check<Choice>}
 */
export function oneOf(choices) {
  return (value, place) => {
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    throw new CheckError(place, value, `one of ${choices.join(', ')}`);
  };
}

/**
 * @template T
 * @param {Check<T>} check
 * @returns {Check<T | null>}
 */
export function orNull(check) {
  return (value, place) => (value === null ? null : check(value, place));
}

/**
 * A field that may be missing, and is null then.
 *
 * @template T
 * @param {Check<T>} check
 * @returns {Check<T | null>}
 */
export function optional(check) {
  return (value, place) => (value === undefined || value === null ? null : check(value, place));
}

/**
 * @template T
 * @param {Check<T>} check
 * @param {number} most
 * @returns {Check<T[]>}
 */
export function list(check, most) {
  return (value, place) => {
    if (!Array.isArray(value)) throw new CheckError(place, value, 'a list');
    if (value.length > most) throw new CheckError(place, value, `a list of at most ${most}`);
    return value.map((item, i) => check(item, `${place}[${i}]`));
  };
}

/**
 * @template {Record<string, Check<any>>} Fields
 * @param {Fields} fields
 * @returns {Check<{ [Name in keyof Fields]: ReturnType<Fields[Name]> }>}
 */
export function record(fields) {
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new CheckError(place, value, 'an object');
    const given = /** @type {Record<string, unknown>} */ (value);
    const entries = Object.entries(fields).map(([name, check]) => [
      name,
      check(Object.hasOwn(given, name) ? given[name] : undefined, place === '' ? name : `${place}.${name}`),
    ]);
    return /** @type {any} */ (Object.fromEntries(entries));
  };
}

/**
 * Columns of one table: records whose lists are equally long.
 *
 * @template {Record<string, Check<any>>} Fields
 * @param {Fields} fields of each row
 * @param {number} most rows
 * @param {(keyof Fields)[]} [newer] columns that older files do not have; null in every row then
 * @returns {Check<{ rows: number, columns: { [Name in keyof Fields]: ReturnType<Fields[Name]>[] } }>}
 */
export function columns(fields, most, newer = []) {
  const check = record(
    Object.fromEntries(
      Object.entries(fields).map(([name, of]) => {
        const column = list(of, most);
        return [name, newer.includes(name) ? optional(column) : column];
      }),
    ),
  );
  return (value, place) => {
    /** @type {Record<string, unknown[] | null>} */
    const all = check(value, place);
    const [first = '', ...others] = Object.keys(fields);
    const rows = all[first]?.length ?? 0;
    for (const name of others) {
      const column = (all[name] ??= Array(rows).fill(null));
      if (column.length !== rows)
        throw new CheckError(`${place}.${name}`, column, `a list of ${rows}, as ${place}.${first}`);
    }
    return { rows, columns: /** @type {any} */ (all) };
  };
}
