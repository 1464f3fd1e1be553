/**
 * Random programs. Every one ends, and none does what the lab refuses while it runs: numbers of every kind, strings
 * beyond ASCII, arrays at their edges, nested loops with labels, recursion, side effects in operands.
 */

import { hasPowers } from './node.mjs';

/** @typedef {'number' | 'string' | 'boolean'} Kind */

/** Numbers at the edges of what they are kept in. */
const NUMBERS = [
  '0',
  '-0',
  '1',
  '-1',
  '2',
  '7',
  '31',
  '32',
  '255',
  '65536',
  '2147483647',
  '-2147483648',
  '2147483648',
  '4294967295',
  '4294967296',
  '9007199254740991',
  '0.1',
  '0.5',
  '-0.5',
  '1.5',
  '1e-7',
  '1e21',
  '1e300',
  '-1e300',
  '5e-324',
  'NaN',
  'Infinity',
  '-Infinity',
  '1 / 3',
];
const STRINGS = ["''", "'a'", "'ab'", "'ä'", "'€uro'", "'10'", "'9'", "'\\uffee'", "'x\\ty'", '`t`'];

/** @param {number} seed @returns {() => number} from 0 to less than 1 */
function dice(seed) {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

class Writer {
  /** @type {string[]} */
  lines = [];
  indent = 0;
  /** @type {{ name: string, kind: Kind, isConstant: boolean }[]} */
  variables = [];
  /** @type {{ name: string, kind: Kind }[]} */
  lists = [];
  /** @type {{ name: string, params: Kind[], result: Kind }[]} */
  functions = [];
  /** Arrays of functions without parameters. @type {{ name: string, kind: Kind }[]} */
  closures = [];
  /** @type {string[]} */
  labels = [];
  /** Tries with a catch around what is written. */
  caught = 0;
  /** What the function that is written gives. @type {Kind | null} */
  result = null;
  names = 0;

  /** @param {number} seed */
  constructor(seed) {
    this.random = dice(seed);
  }

  /** @param {number} count */
  below(count) {
    return Math.floor(this.random() * count);
  }

  /** @template T @param {T[]} all @returns {T} */
  one(all) {
    return all[this.below(all.length)];
  }

  /** @param {string} line */
  line(line) {
    this.lines.push('  '.repeat(this.indent) + line);
  }

  /** @param {string} prefix */
  name(prefix) {
    return `${prefix}${this.names++}`;
  }

  kind() {
    return this.one(/** @type {Kind[]} */ (['number', 'number', 'number', 'string', 'boolean']));
  }

  /** @param {Kind} kind @param {number} [depth] @returns {string} */
  value(kind, depth = 3) {
    const known = this.variables.filter((variable) => variable.kind === kind);
    if (depth <= 0 || this.random() < 0.25) {
      if (known.length > 0 && this.random() < 0.7) return this.one(known).name;
      if (kind === 'number') return this.random() < 0.3 ? String(this.below(20) - 5) : this.one(NUMBERS);
      return kind === 'string' ? this.one(STRINGS) : this.one(['true', 'false']);
    }
    const next = depth - 1;
    const number = () => this.operand('number', next);
    /** @type {(() => string)[]} */
    const ways = [
      () => `(${this.value('boolean', next)} ? ${this.operand(kind, next)} : ${this.operand(kind, next)})`,
    ];
    const lists = this.lists.filter((list) => list.kind === kind);
    if (lists.length > 0) {
      const list = this.one(lists).name;
      // An index that is there.
      ways.push(() => `${list}[${this.below(3)}]`);
      if (depth > 1) {
        const one = this.name('x');
        ways.push(
          () =>
            `${list}.reduce((${one}, y${one}) => ${this.inside([one, `y${one}`], kind, next)}, ${this.value(kind, 1)})`,
        );
      }
    }
    const calls = this.functions.filter((known) => known.result === kind);
    if (calls.length > 0 && depth > 1) {
      const called = this.one(calls);
      ways.push(() => `${called.name}(${called.params.map((param) => this.value(param, 1)).join(', ')})`);
    }
    if (kind === 'number') {
      // TypeScript's own parser takes `a << (b > c)` for a call with type arguments; a sign keeps it from that.
      const binary = ['+', '-', '*', '/', '%', '&', '|', '^', '<< +', '>>', '>>>'];
      for (let times = 0; times < 4; times++)
        ways.push(() => `(${number()} ${this.one(binary)} ${number()})`);
      ways.push(
        () => `(-${number()})`,
        () => `(~${number()})`,
      );
      ways.push(
        () => `Math.${this.one(['floor', 'ceil', 'abs', 'sqrt', 'round', 'trunc', 'sign'])}(${number()})`,
        () => `Math.${this.one(['min', 'max', 'imul'])}(${number()}, ${number()})`,
        () =>
          `${this.operand('string', next)}.indexOf(${this.value('string', 1)}, ${this.value('number', 1)})`,
      );
      if (hasPowers)
        ways.push(
          () => `((${number()}) ** ${number()})`,
          () => `Math.pow(${number()}, ${number()})`,
        );
      ways.push(() => `${this.operand('string', next)}.length`);
      ways.push(() => `${this.operand('string', next)}.charCodeAt(${this.below(3)})`);
      const changed = known.filter(({ isConstant }) => !isConstant);
      if (changed.length > 0) {
        const { name } = this.one(changed);
        ways.push(
          () => `(${name}${this.one(['++', '--'])})`,
          () => `(${this.one(['++', '--'])}${name})`,
        );
        ways.push(
          () => `(${name} = ${number()})`,
          () => `(${name} ${this.one(binary.filter((operator) => operator !== '<< +'))}= ${number()})`,
        );
      }
      if (this.lists.length > 0) {
        const { name, kind: of } = this.one(this.lists);
        ways.push(
          () => `${name}.length`,
          () => `${name}.indexOf(${this.value(of, 1)})`,
        );
      }
    } else if (kind === 'string') {
      ways.push(() => `(${this.operand('string', next)} + ${this.operand(this.kind(), next)})`);
      ways.push(() => `(${number()} + ${this.operand('string', next)})`);
      ways.push(() => `\`\${${this.value(this.kind(), next)}}-\${${this.value(this.kind(), next)}}\``);
      ways.push(() => `String(${this.value(this.kind(), next)})`);
      const cut = this.one(['slice', 'substring']);
      ways.push(
        () =>
          `${this.operand('string', next)}.${cut}(${this.value('number', 1)}, ${this.value('number', 1)})`,
        () => `${this.operand('string', next)}.padStart(${this.below(5)}, ${this.value('string', 1)})`,
        () => `(${number()}).toFixed(${this.below(9)})`,
      );
      if (this.lists.length > 0 && depth > 1) {
        const { name, kind: of } = this.one(this.lists);
        const one = this.name('x');
        ways.push(
          () =>
            `${name}.map((${one}) => ${this.inside([one], of, next, this.kind())}).join(${this.value('string', 1)})`,
          () => `${name}.slice(${this.value('number', 1)}, ${this.value('number', 1)}).join()`,
          () => `[...${name}, ${this.value(of, 1)}, ...${name}].join()`,
          () =>
            `[...${name}].splice(${this.value('number', 1)}, ${this.value('number', 1)}, ${this.value(of, 1)}).join()`,
          () => `${name}.filter((${one}) => ${this.inside([one], of, next, this.kind())}).join('/')`,
        );
      }
    } else {
      const ordered = this.one(/** @type {Kind[]} */ (['number', 'string']));
      // As above: TypeScript's parser takes what is behind `<` for a type wherever it can be one.
      const sign = ordered === 'number' ? '+' : "'' + ";
      const order = [`< ${sign}`, `<= ${sign}`, '>', '>=', '===', '!=='];
      for (let times = 0; times < 3; times++)
        ways.push(() => `(${this.operand(ordered, next)} ${this.one(order)} ${this.operand(ordered, next)})`);
      ways.push(() => `(!${this.operand(this.kind(), next)})`);
      ways.push(() => `Number.${this.one(['isInteger', 'isFinite', 'isNaN'])}(${number()})`);
      if (this.lists.length > 0) {
        const { name, kind: of } = this.one(this.lists);
        ways.push(() => `${name}.includes(${this.value(of, 1)})`);
      }
      ways.push(
        () => `(${this.value('boolean', next)} ${this.one(['&&', '||'])} ${this.value('boolean', next)})`,
      );
    }
    return this.one(ways)();
  }

  /**
   * What an arrow function gives whose parameters are all of one kind.
   *
   * @param {string[]} names @param {Kind} of @param {number} depth @param {Kind} [result]
   */
  inside(names, of, depth, result = of) {
    const before = this.variables.length;
    for (const name of names) this.variables.push({ name, kind: of, isConstant: true });
    const value = this.value(result, depth);
    this.variables.splice(before, names.length);
    return value.startsWith('{') ? `(${value})` : value;
  }

  /** A value that an operator can stand before. @param {Kind} kind @param {number} depth */
  operand(kind, depth) {
    const value = this.value(kind, depth);
    return /^[-\d]|\//.test(value) && !value.startsWith('(') ? `(${value})` : value;
  }

  /** @param {number} depth */
  block(depth) {
    const [variables, lists] = [this.variables.length, this.lists.length];
    const [functions, closures] = [this.functions.length, this.closures.length];
    this.indent++;
    const count = 1 + this.below(3);
    for (let at = 0; at < count; at++) this.statement(depth - 1);
    this.indent--;
    this.variables.length = variables;
    this.lists.length = lists;
    this.functions.length = functions;
    this.closures.length = closures;
  }

  /** @param {number} depth */
  statement(depth) {
    const changed = this.variables.filter(({ isConstant }) => !isConstant);
    /** @type {(() => void)[]} */
    const ways = [() => this.print(), () => this.print(), () => this.declare(), () => this.list()];
    if (changed.length > 0) {
      const { name, kind } = this.one(changed);
      ways.push(() => this.line(`${name} = ${this.value(kind)};`));
      if (kind !== 'boolean') ways.push(() => this.line(`${name} += ${this.value(kind)};`));
      ways.push(() => this.line(`${name} ${this.one(['||=', '&&=', '??='])} ${this.value(kind)};`));
    }
    ways.push(() => this.arrow());
    if (this.closures.length > 0) {
      const { name, kind } = this.one(this.closures);
      ways.push(
        () => this.line(`if (${name}.length < 6) ${name}.push(() => ${this.inside([], kind, 2)});`),
        () => this.line(`for (const f of ${name}) print(f());`),
        () => this.line(`print(${name}[${this.below(3)}]?.());`),
      );
    } else {
      ways.push(() => this.closureList());
    }
    if (this.lists.length > 0) {
      const { name, kind } = this.one(this.lists);
      ways.push(() => this.line(`${name}[${this.below(3)}] = ${this.value(kind)};`));
      ways.push(() => this.line(`if (${name}.length < 6) ${name}.push(${this.value(kind)});`));
      ways.push(() => this.line(`if (${name}.length > 3) ${name}.pop();`));
    }
    if (depth > 0)
      ways.push(
        () => this.branch(depth),
        () => this.loop(depth),
        () => this.choose(depth),
        () => this.attempt(depth),
      );
    if (this.caught > 0) {
      const name = this.one(['Error', 'RangeError']);
      ways.push(() =>
        this.line(
          `if (${this.value('boolean', 2)}) throw new ${name}(String(${this.value(this.kind(), 2)}));`,
        ),
      );
    }
    const { result } = this;
    if (result)
      ways.push(() => this.line(`if (${this.value('boolean', 2)}) return ${this.value(result, 2)};`));
    if (this.labels.length > 0) {
      const word = this.one(['break', 'continue']);
      ways.push(() => this.line(`if (${this.value('boolean', 2)}) ${word} ${this.one(this.labels)};`));
    }
    this.one(ways)();
  }

  print() {
    const values = Array.from({ length: 1 + this.below(2) }, () => this.value(this.kind()));
    this.line(`print(${values.join(', ')});`);
  }

  declare() {
    const kind = this.kind();
    const isConstant = this.random() < 0.3;
    const name = this.name(kind[0]);
    this.line(`${isConstant ? 'const' : 'let'} ${name}: ${kind} = ${this.value(kind)};`);
    this.variables.push({ name, kind, isConstant });
  }

  /** A function of where it stands, which uses and changes the variables around it. */
  arrow() {
    const [param, result] = [this.kind(), this.kind()];
    const [name, given] = [this.name('g'), this.name('p')];
    const body = this.inside([given], param, 2, result);
    const isInferred = this.indent > 0 && this.random() < 0.5;
    if (this.indent > 0 && this.random() < 0.3) {
      this.line(`function ${name}(${given}: ${param}): ${result} {`);
      this.line(`  return ${body};`);
      this.line('}');
    } else {
      this.line(`const ${name} = (${given}: ${param})${isInferred ? '' : `: ${result}`} => ${body};`);
    }
    this.functions.push({ name, params: [param], result });
  }

  closureList() {
    const kind = this.kind();
    const name = this.name('fs');
    this.line(`const ${name}: (() => ${kind})[] = [];`);
    this.closures.push({ name, kind });
  }

  list() {
    const kind = this.kind();
    const name = this.name('list');
    this.line(`const ${name}: ${kind}[] = [${[1, 2, 3].map(() => this.value(kind, 2)).join(', ')}];`);
    this.lists.push({ name, kind });
  }

  /** @param {number} depth */
  branch(depth) {
    this.line(`if (${this.value(this.kind())}) {`);
    this.block(depth);
    if (this.random() < 0.5) {
      this.line('} else {');
      this.block(depth);
    }
    this.line('}');
  }

  /** @param {number} depth */
  loop(depth) {
    const [label, turn] = [this.name('loop'), this.name('i')];
    const turns = 1 + this.below(4);
    this.variables.push({ name: turn, kind: 'number', isConstant: true });
    this.labels.push(label);
    const way = this.below(3);
    if (way === 0) {
      const [limit, step] = [this.once(turns), this.once(1 + this.below(3))];
      const onward = this.one([`${turn}++`, `${turn} += ${1 + this.below(3)}`, `${turn} += ${step}`]);
      this.line(`${label}: for (let ${turn} = 0; ${turn} < ${limit}; ${onward}) {`);
      this.block(depth);
      this.sum();
      this.line('}');
    } else {
      this.line(`let ${turn} = 0;`);
      this.line(way === 1 ? `${label}: while (${turn}++ < ${turns}) {` : `${label}: do {`);
      this.block(depth);
      this.line(way === 1 ? '}' : `} while (++${turn} < ${turns});`);
    }
    this.labels.pop();
    this.variables = this.variables.filter(({ name }) => name !== turn);
  }

  /** A number, as such or by a name of its own. @param {number} value */
  once(value) {
    if (this.random() < 0.5) return String(value);
    const name = this.name('n');
    this.line(`const ${name} = ${value};`);
    return name;
  }

  /** What many loops end with. */
  sum() {
    const sums = this.variables.filter(({ kind, isConstant }) => kind === 'number' && !isConstant);
    if (sums.length > 0 && this.random() < 0.6)
      this.line(`${this.one(sums).name} += ${this.value('number', 1)};`);
  }

  /** @param {number} depth */
  choose(depth) {
    this.line(`switch (${this.value('number', 1)}) {`);
    for (const test of ['0', '1', '2.5'].slice(0, 1 + this.below(3))) {
      this.line(`  case ${test}: {`);
      this.indent++;
      this.block(depth);
      this.indent--;
      this.line('  }');
      if (this.random() < 0.6) this.line('  break;');
    }
    if (this.random() < 0.5) this.line(`  default: print(${this.value('number', 1)});`);
    this.line('}');
  }

  /** @param {number} depth */
  attempt(depth) {
    const error = this.name('e');
    const [catches, cleans] = this.one([
      [true, false],
      [false, true],
      [true, true],
    ]);
    this.line('try {');
    this.caught += Number(catches);
    this.block(depth);
    this.caught -= Number(catches);
    if (catches) {
      this.line(`} catch (${error}) {`);
      this.line(`  print((${error} as Error).message);`);
      this.block(depth);
    }
    if (cleans) {
      this.line('} finally {');
      this.block(depth);
    }
    this.line('}');
  }

  function() {
    const params = Array.from({ length: 1 + this.below(2) }, () => this.kind());
    const result = this.kind();
    const name = this.name('f');
    const declared = params.map((kind, at) => `p${at}: ${kind}`);
    this.line(`function ${name}(${declared.join(', ')}, depth: number = 2): ${result} {`);
    const outer = {
      variables: this.variables,
      lists: this.lists,
      labels: this.labels,
      closures: this.closures,
      caught: this.caught,
      result: this.result,
    };
    this.variables = params.map((kind, at) => ({ name: `p${at}`, kind, isConstant: false }));
    this.lists = [];
    this.labels = [];
    this.closures = [];
    this.caught = 0;
    this.result = result;
    this.block(2);
    const given = params.map((kind) => this.value(kind, 1)).join(', ');
    if (this.random() < 0.5) this.line(`  if (depth > 0) return ${name}(${given}, depth - 1);`);
    this.line(`  return ${this.value(result, 2)};`);
    this.line('}');
    Object.assign(this, outer);
    this.functions.push({ name, params, result });
  }
}

/** @param {number} seed @returns {string} a program in TypeScript */
export function generate(seed) {
  const writer = new Writer(seed);
  const functions = writer.below(4);
  for (let at = 0; at < functions; at++) writer.function();
  const count = 3 + writer.below(8);
  for (let at = 0; at < count; at++) writer.statement(3);
  for (const { name } of writer.variables) writer.line(`print('${name}', ${name});`);
  return `${writer.lines.join('\n')}\n`;
}
