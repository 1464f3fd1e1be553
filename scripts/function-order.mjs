/**
 * The order of a module's functions in which it compresses best: gzip replaces what it has met in the last 32 kB, so
 * functions that are alike stand close together. Greedy: next comes the function of which the largest share was met.
 */

/** Bytes that are compared at a time. */
const GRAM = 6;
/** Bytes back in which gzip finds what repeats, less the function itself. */
const WINDOW = 30_000;
/** What is in more functions than this is found everywhere. */
const COMMON = 4000;

/** Ids of a module's sections. */
const SECTION = { custom: 0, imports: 2, code: 10 };

/**
 * @param {Uint8Array} module a WebAssembly module
 * @returns {Uint8Array<ArrayBuffer>} the same with names for its functions alone, which sort as the functions are to stand
 */
export function nameByOrder(module) {
  const sections = sectionsOf(module);
  const order = likeness(bodies(module, sections));
  const imported = importedFunctions(module, sections);
  /** @type {number[]} */
  const names = [];
  // Of imports as well: a name may belong to one function only.
  const place = new Array(imported + order.length);
  for (let at = 0; at < imported; at += 1) place[at] = at;
  order.forEach((index, at) => (place[imported + index] = imported + at));
  names.push(...number(place.length));
  place.forEach((at, index) => names.push(...number(index), ...text(String(at).padStart(6, '0'))));
  const content = [...text('name'), 1, ...number(names.length), ...names];
  const kept = sections.filter(({ id, start }) => id !== SECTION.custom || nameAt(module, start) !== 'name');
  return Buffer.concat([
    module.subarray(0, 8),
    ...kept.map(({ from, end }) => module.subarray(from, end)),
    Uint8Array.from([SECTION.custom, ...number(content.length), ...content]),
  ]);
}

/**
 * @param {Uint8Array[]} functions
 * @returns {number[]} all their indices
 */
export function likeness(functions) {
  const shared = sharedGrams(functions);
  /** Of each function, how much of it stands in the window. */
  const met = new Float64Array(functions.length);
  /** How many functions of the window have a gram. @type {Map<number, number>} */
  const inWindow = new Map();
  /** @param {number} index @param {1 | -1} sign into the window, or out of it */
  const pass = (index, sign) => {
    for (const [gram, users] of shared[index] ?? []) {
      const count = (inWindow.get(gram) ?? 0) + sign;
      inWindow.set(gram, count);
      if (count !== (sign === 1 ? 1 : 0)) continue;
      // What few functions share says more about their likeness.
      const weight = sign / Math.log2(1 + users.length);
      for (const user of users) met[user] = (met[user] ?? 0) + weight;
    }
  };
  const size = (/** @type {number} */ index) => functions[index]?.length ?? 0;
  /** @type {number[]} */
  const order = [];
  const left = new Set(functions.keys());
  let first = 0;
  let bytes = 0;
  while (left.size > 0) {
    let next = -1;
    let most = -Infinity;
    for (const index of left) {
      // A very short function is not worth a place by itself.
      const share = (met[index] ?? 0) / (size(index) + 4);
      if (share > most) [most, next] = [share, index];
    }
    left.delete(next);
    order.push(next);
    pass(next, 1);
    bytes += size(next);
    for (; bytes > WINDOW && first < order.length - 1; first += 1) {
      const oldest = order[first] ?? 0;
      pass(oldest, -1);
      bytes -= size(oldest);
    }
  }
  return order;
}

/**
 * @param {Uint8Array[]} functions
 * @returns {[gram: number, users: number[]][][]} for each function what it shares with some others, and with which
 */
function sharedGrams(functions) {
  /** @type {Map<number, number[]>} */
  const users = new Map();
  const grams = functions.map((body, index) => {
    const own = new Set();
    for (let at = 0; at + GRAM <= body.length; at += 1) {
      let gram = 0;
      for (let offset = 0; offset < GRAM; offset += 1)
        gram = (Math.imul(gram, 0x0100_0193) ^ (body[at + offset] ?? 0)) >>> 0;
      own.add(gram);
    }
    for (const gram of own) {
      const list = users.get(gram);
      if (list) list.push(index);
      else users.set(gram, [index]);
    }
    return own;
  });
  return grams.map((own) =>
    [...own].flatMap((gram) => {
      const list = users.get(gram) ?? [];
      return list.length > 1 && list.length <= COMMON ? [[gram, list]] : [];
    }),
  );
}

/** @typedef {{ id: number, from: number, start: number, end: number }} Section */

/**
 * @param {Uint8Array} module
 * @returns {Section[]} `from` its id, `start` its content
 */
function sectionsOf(module) {
  const sections = [];
  for (let from = 8; from < module.length;) {
    const [length, start] = numberAt(module, from + 1);
    sections.push({ id: module[from] ?? 0, from, start, end: start + length });
    from = start + length;
  }
  return sections;
}

/** @param {Uint8Array} module @param {Section[]} sections */
function bodies(module, sections) {
  const code = sections.find(({ id }) => id === SECTION.code);
  if (!code) return [];
  let [count, at] = numberAt(module, code.start);
  return Array.from({ length: count }, () => {
    const [length, start] = numberAt(module, at);
    at = start + length;
    return module.subarray(start, at);
  });
}

/** @param {Uint8Array} module @param {Section[]} sections */
function importedFunctions(module, sections) {
  const imports = sections.find(({ id }) => id === SECTION.imports);
  if (!imports) return 0;
  let [left, at] = numberAt(module, imports.start);
  let functions = 0;
  const skip = () => ([, at] = numberAt(module, at));
  const limits = () => {
    const flags = module[at] ?? 0;
    at += 1;
    skip();
    if (flags & 1) skip();
  };
  for (; left > 0; left -= 1) {
    for (let name = 0; name < 2; name += 1) {
      const [length, start] = numberAt(module, at);
      at = start + length;
    }
    const kind = module[at];
    at += 1;
    if (kind === 0) {
      functions += 1;
      skip();
    } else if (kind === 1) {
      at += 1;
      limits();
    } else if (kind === 2) limits();
    else at += 2;
  }
  return functions;
}

/** @param {Uint8Array} module @param {number} start of a custom section */
function nameAt(module, start) {
  const [length, at] = numberAt(module, start);
  return Buffer.from(module.subarray(at, at + length)).toString();
}

/**
 * @param {Uint8Array} module
 * @param {number} at
 * @returns {[number: number, end: number]} of a LEB128
 */
function numberAt(module, at) {
  let number = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = module[at] ?? 0;
    at += 1;
    number += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [number, at];
  }
}

/** @param {number} value @returns {number[]} as LEB128 */
function number(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)];
}

/** @param {string} value @returns {number[]} with its length */
function text(value) {
  const bytes = Buffer.from(value);
  return [...number(bytes.length), ...bytes];
}
