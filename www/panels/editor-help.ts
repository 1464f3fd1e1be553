/**
 * What the editor knows of the program: it completes instructions, directives and names, and explains what
 * is under the pointer. Instructions come from the engine's table, names from the text.
 */
import { hoverTooltip } from '@codemirror/view';
import { make } from './dom.ts';
import { symbolsOf, visibleFrom, withoutComment, written } from './symbols.ts';
import type { Completion, CompletionSource } from '@codemirror/autocomplete';
import type { SymbolKind } from './symbols.ts';
import type { EditorState } from '@codemirror/state';
import type { InstructionInfo } from '../run/types.ts';

/** What each directive is for, as docs/assembler.md has it. */
const DIRECTIVES = new Map([
  ['.module', ['"name"', 'What the program calls itself.']],
  ['.entry', ['name', 'The function that the first task runs; main if there is none.']],
  ['.global', ['a b', 'Global variables, shared by all tasks and null at first.']],
  ['.shape', ['Name field field', 'The shape of an object: its name and its fields in order.']],
  ['.func', ['name (parameters)', 'Begins a function. It ends at the next .func or at the end.']],
  ['.local', ['a b', 'Local variables of the function, null at first.']],
  ['.poll', ['calls|back-edges|allocations|awaits|all on|off', 'Where the program polls.']],
  ['.site', ['none|always|every N', 'How often the poll site in the next line polls.']],
  ['.sites', ['none|always|every N', 'How often all poll sites of the function poll.']],
  ['.constant', ['value', 'Adds a float or a text to the constant pool.']],
  ['.line', ['number', 'The instructions from here on come from that line of another text.']],
]);

/** The names that an operand can be, by the engine's word for it. */
const NAMED_BY: Record<string, SymbolKind[]> = {
  local: ['local', 'parameter'],
  global: ['global'],
  label: ['label'],
  function: ['function'],
  shape: ['shape'],
  'shape.field': ['field'],
};

const POLLS = ['calls', 'back-edges', 'allocations', 'awaits', 'all'];
const OFTEN = ['none', 'always', 'every'];

/** Completes instructions and directives at the beginning of a statement, and behind them what they take. */
export function completion(instructions: () => InstructionInfo[]): CompletionSource {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    if (withoutComment(before) !== before) return null;
    const [, lead = '', statement = ''] = /^(\s*(?:[^\s":;]+:\s*)?)(.*)$/u.exec(before) ?? [];
    const [, word = '', gap = '', rest = ''] = /^(\.?[a-z-]*)(\s*)(.*)$/u.exec(statement) ?? [];
    if (gap === '' && rest === '') {
      if (word === '' && !context.explicit) return null;
      const from = line.from + lead.length;
      return { from, options: statements(instructions()), validFor: /^\.?[a-z-]*$/ };
    }
    const [typed = ''] = /[\p{L}\p{N}_."-]*$/u.exec(rest) ?? [];
    const options = operands(
      context.state,
      line.number,
      word,
      rest.slice(0, -typed.length || undefined),
      instructions(),
    );
    if (options.length === 0) return null;
    return { from: context.pos - typed.length, options, validFor: /^[\p{L}\p{N}_."-]*$/u };
  };
}

function statements(instructions: InstructionInfo[]): Completion[] {
  // An instruction with several kinds of operands has a row for each.
  const names = [...new Set(instructions.map(({ mnemonic }) => mnemonic))];
  return [
    ...names.map((label) => {
      const rows = instructions.filter(({ mnemonic }) => mnemonic === label);
      return { label, type: 'keyword', detail: rows[0]?.effect ?? '', info: () => explain(rows) };
    }),
    ...[...DIRECTIVES].map(([label, [detail = '', info = '']]) => ({ label, type: 'keyword', detail, info })),
  ];
}

/**
 * @param word the instruction or directive
 * @param before the operands that are there already
 */
function operands(
  state: EditorState,
  line: number,
  word: string,
  before: string,
  instructions: InstructionInfo[],
): Completion[] {
  const rows = instructions.filter(({ mnemonic }) => mnemonic === word);
  const names = () => visibleFrom(symbolsOf(state.doc.toString()), line);
  const ofKinds = (kinds: SymbolKind[]) =>
    names()
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ name, kind, detail }) => ({
        label: kind === 'field' ? name : written(name),
        type: 'variable',
        detail: kind === 'function' || kind === 'shape' ? detail : kind,
      }));
  if (before.trim() === '') {
    const kinds = rows.flatMap(({ operand }) => NAMED_BY[operand] ?? []);
    if (kinds.length > 0) return ofKinds(kinds);
    if (word === 'const') return ['true', 'false', 'null'].map((label) => ({ label, type: 'constant' }));
    if (word === '.entry') return ofKinds(['function']);
    if (word === '.site' || word === '.sites') return OFTEN.map((label) => ({ label, type: 'constant' }));
    if (word === '.poll') return [...POLLS, 'every'].map((label) => ({ label, type: 'constant' }));
  }
  if (word === '.poll' && POLLS.includes(before.trim()))
    return ['on', 'off'].map((label) => ({ label, type: 'constant' }));
  return [];
}

/** Explains the instruction, directive or name under the pointer. */
export function hoverHelp(instructions: () => InstructionInfo[]) {
  return hoverTooltip((view, position) => {
    const line = view.state.doc.lineAt(position);
    const found = wordAt(line.text, position - line.from);
    if (!found) return null;
    const dom = explained(view.state, line.number, found, instructions());
    if (!dom) return null;
    return { pos: line.from + found.from, end: line.from + found.to, above: true, create: () => ({ dom }) };
  });
}

/** with the statement's first word */
type Word = { word: string; from: number; to: number; statement: string };

/** @param text of a line */
function wordAt(text: string, at: number): Word | null {
  const code = withoutComment(text);
  const [, lead = '', statement = ''] = /^(\s*(?:[^\s":;]+:\s*)?)(\.?[a-z-]*)/u.exec(code) ?? [];
  for (const match of code.matchAll(/"(?:[^"\\]|\\.)*"|\.?[\p{L}_][\p{L}\p{N}_.-]*/gu)) {
    const from = match.index;
    const to = from + match[0].length;
    if (at < from || at > to) continue;
    return { word: match[0], from, to, statement: from === lead.length ? '' : statement };
  }
  return null;
}

function explained(
  state: EditorState,
  line: number,
  { word, statement }: Word,
  instructions: InstructionInfo[],
) {
  if (statement === '') {
    const rows = instructions.filter(({ mnemonic }) => mnemonic === word);
    if (rows.length > 0) return explain(rows);
    const [operands, text] = DIRECTIVES.get(word) ?? [];
    if (text) return entry(`${word} ${operands}`, '', text);
  }
  const kinds = instructions
    .filter(({ mnemonic }) => mnemonic === statement)
    .flatMap(({ operand }) => NAMED_BY[operand] ?? []);
  const named = visibleFrom(symbolsOf(state.doc.toString()), line).find(
    ({ name, kind }) =>
      (name === word || written(name) === word) && (kinds.length === 0 || kinds.includes(kind)),
  );
  if (!named) return null;
  const { name, kind, detail } = named;
  const where = named.line === line ? 'Named here.' : `Named in line ${named.line}.`;
  const fields = kind === 'shape' ? `Its fields: ${detail || 'none'}. ` : '';
  return entry(
    kind === 'function' ? `${name} ${detail}` : name,
    `${kind}${kind === 'function' || kind === 'shape' ? '' : ` ${detail}`}`,
    fields + where,
  );
}

function entry(code: string, beside: string, text: string) {
  return make(
    'div',
    { class: 'instruction' },
    make('p', {}, make('code', { text: code }), ' ', make('small', { text: beside })),
    make('p', { text }),
  );
}

/** @param rows of one mnemonic */
function explain(rows: InstructionInfo[]) {
  return make(
    'div',
    { class: 'instruction' },
    ...rows.map(({ syntax, effect, doc, polls, traps }) =>
      make(
        'div',
        {},
        make('p', {}, make('code', { text: syntax }), ' ', make('small', { text: effect })),
        make('p', { text: [doc, polls ? `Poll site: ${polls}.` : ''].join(' ').trim() }),
        traps.length > 0 ? make('p', {}, make('small', { text: `Traps: ${traps.join('; ')}.` })) : null,
      ),
    ),
  );
}
