/**
 * What a text in the assembler's language names, read as it stands: also a text with errors, which has no
 * module yet, can be completed and explained.
 */

export type SymbolKind = 'function' | 'local' | 'parameter' | 'label' | 'global' | 'shape' | 'field';
/** a name, and what stands beside it */
type Named = { name: string; kind: SymbolKind; line: number; detail: string };
/** a function's lines and what it names */
type Scope = { name: string; from: number; to: number; names: Named[] };
type Symbols = { everywhere: Named[]; scopes: Scope[] };

/** A name as the assembler reads it. */
export const NAME = /"(?:[^"\\]|\\.)*"|[\p{L}_][\p{L}\p{N}_-]*/gu;
const DIRECTIVE = /^\s*\.([a-z-]+)(.*)$/u;
const LABEL = /^\s*("(?:[^"\\]|\\.)*"|[\p{L}_][\p{L}\p{N}_-]*)\s*:/u;

export function symbolsOf(text: string): Symbols {
  const everywhere: Named[] = [];
  const scopes: Scope[] = [];
  const lines = text.split('\n');
  lines.forEach((whole, index) => {
    const line = index + 1;
    const code = withoutComment(whole);
    const scope = scopes.at(-1);
    const [, directive, rest = ''] = DIRECTIVE.exec(code) ?? [];
    const [first, ...more] = (rest.match(NAME) ?? []).map(plain);
    if (directive === 'func' && first !== undefined) {
      if (scope) scope.to = line - 1;
      everywhere.push({ name: first, kind: 'function', line, detail: `(${more.join(' ')})` });
      const names = more.map((name) => named(name, 'parameter', line, `of ${first}`));
      scopes.push({ name: first, from: line, to: lines.length, names });
    } else if (directive === 'local' && scope && first !== undefined) {
      for (const name of [first, ...more]) scope.names.push(named(name, 'local', line, `of ${scope.name}`));
    } else if (directive === 'global' && first !== undefined) {
      for (const name of [first, ...more]) everywhere.push(named(name, 'global', line, 'of all tasks'));
    } else if (directive === 'shape' && first !== undefined) {
      everywhere.push(named(first, 'shape', line, more.join(' ')));
      for (const field of more) everywhere.push(named(`${first}.${field}`, 'field', line, `of ${first}`));
    } else if (directive === undefined && scope) {
      const [, label] = LABEL.exec(code) ?? [];
      if (label !== undefined) scope.names.push(named(plain(label), 'label', line, `of ${scope.name}`));
    }
  });
  return { everywhere, scopes };
}

/**
 * The names that can be used in a line: those of its function, and those of the whole program.
 *
 * @param line from 1
 */
export function visibleFrom({ everywhere, scopes }: Symbols, line: number): Named[] {
  const scope = scopes.find(({ from, to }) => line >= from && line <= to);
  return [...(scope?.names ?? []), ...everywhere];
}

/** A name as it has to be written. */
export function written(name: string) {
  return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) ? name : JSON.stringify(name);
}

export function withoutComment(line: string) {
  return /^(?:"(?:[^"\\]|\\.)*"|[^";])*/u.exec(line)?.[0] ?? '';
}

/** @param word as it is written */
function plain(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1) : word;
}

function named(name: string, kind: SymbolKind, line: number, detail: string): Named {
  return { name, kind, line, detail };
}
