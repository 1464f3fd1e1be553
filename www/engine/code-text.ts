/** WebAssembly as text, body by body, with its polls. */
import { BinaryReader, DefaultNameResolver, WasmDisassembler } from 'wasmparser';

/** Compiled code of a program, as the compiler tells it. */
export interface CodeOf {
  module: Uint8Array;
  /** names of the program's functions, in their order */
  functions: string[];
  /** function of each body, and the instruction at which it is entered plus one; 0: it is the whole function */
  bodies: Uint32Array;
  /** body, bytes behind its first instruction, and instruction of the program of each poll */
  polls: Uint32Array;
}

/** A body; `polls`: index of the line in which one begins, and instruction of the program. */
export interface BodyText {
  entry: number | null;
  lines: string[];
  polls: [at: number, instruction: number][];
}

/** Parameters of every body. */
const FIXED = ['registers', 'frames', 'count'];

/** The bodies of a function, the whole function first. */
export function bodyTexts(code: CodeOf, name: string): BodyText[] {
  const bodies = inGroups(code.bodies, 2).map(([index = 0, entry = 0]) => ({
    name: code.functions[index] ?? `function ${index}`,
    entry: entry === 0 ? null : entry - 1,
  }));
  const disassembler = new WasmDisassembler();
  disassembler.nameResolver = new Names(code.module, bodies);
  disassembler.addOffsets = true;
  const reader = new BinaryReader();
  reader.setData(code.module.slice().buffer, 0, code.module.length);
  disassembler.disassembleChunk(reader);
  const { lines, offsets = [], functionBodyOffsets = [] } = disassembler.getResult();
  const polls = inGroups(code.polls, 3);
  return bodies.flatMap((body, index) => {
    const place = functionBodyOffsets[index];
    if (body.name !== name || !place) return [];
    const first = offsets.findIndex((offset) => offset >= place.start);
    const from = lines.findLastIndex((line, at) => at < first && line.startsWith('  (func '));
    const end = lines.indexOf('  )', first);
    const own = polls.filter(([of]) => of === index);
    const placed = own.map(([, at = 0, instruction = 0]): [number, number] => {
      return [offsets.findIndex((offset, i) => i >= first && offset >= place.start + at) - from, instruction];
    });
    return [{ entry: body.entry, lines: lines.slice(from, end + 1), polls: placed }];
  });
}

class Names extends DefaultNameResolver {
  #functions;
  #globals;
  #variables: Map<number, string[]> = new Map();

  constructor(module: Uint8Array, bodies: { name: string; entry: number | null }[]) {
    super();
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(module.slice()));
    const named = (kind: string) => imports.filter((one) => one.kind === kind).map((one) => one.name);
    const own = bodies.map(({ name, entry }) => (entry === null ? name : `${name}@${entry}`));
    const imported = named('function');
    own.forEach((_, index) => this.#variables.set(imported.length + index, FIXED));
    this.#functions = [...imported, ...own, 'enter', 'adapt'];
    this.#globals = named('global');
  }

  override getFunctionName(index: number, isImport: boolean, isRef: boolean) {
    return identifier(this.#functions[index]) ?? super.getFunctionName(index, isImport, isRef);
  }

  override getGlobalName(index: number, isRef: boolean) {
    return identifier(this.#globals[index]) ?? super.getGlobalName(index, isRef);
  }

  override getVariableName(body: number, index: number, isRef: boolean) {
    return identifier(this.#variables.get(body)?.[index]) ?? super.getVariableName(body, index, isRef);
  }
}

function inGroups(all: Uint32Array, size: number): number[][] {
  return Array.from({ length: all.length / size }, (_, i) => [...all.subarray(i * size, (i + 1) * size)]);
}

/** A name as WebAssembly's text has it. */
function identifier(name: string | undefined) {
  return name === undefined ? undefined : `$${name.replaceAll(/[^\w!#$%&'*+\-./:<=>?@\\^`|~]/g, '_')}`;
}
