/**
 * TypeScript in the editor: its colours, completion of names, and what the lab's functions do. It is fetched when a text
 * is TypeScript.
 */
import { autocompletion, ifNotIn } from '@codemirror/autocomplete';
import { localCompletionSource, typescriptLanguage } from '@codemirror/lang-javascript';
import { syntaxTree } from '@codemirror/language';
import { hoverTooltip } from '@codemirror/view';
import { make } from './dom.ts';
import { LAB } from './lab-functions.ts';
import { OF_OTHERS, OF_VALUES, STATIC } from './members.ts';
import type { Completion, CompletionSource } from '@codemirror/autocomplete';
import type { EditorState } from '@codemirror/state';
import type { Declared } from './lab-functions.ts';

/** Where no code stands. */
const PROSE = ['LineComment', 'BlockComment', 'String'];

const KEYWORDS =
  'async await break case catch class const continue default do else enum false finally for function if instanceof ' +
  'interface let new null of return switch this throw true try type undefined while';

const options: Completion[] = [
  ...LAB.map(({ name, head, doc }) => ({
    label: name,
    type: 'function',
    detail: head.slice(name.length),
    info: doc,
  })),
  ...KEYWORDS.split(' ').map((label) => ({ label, type: 'keyword' })),
];

const ofLab: CompletionSource = (context) => {
  const word = context.matchBefore(/[\p{L}_$][\p{L}\p{N}_$]*/u);
  if (!word && !context.explicit) return null;
  const behind = context.state.sliceDoc(
    Math.max(0, (word?.from ?? context.pos) - 1),
    word?.from ?? context.pos,
  );
  // Behind a dot stands a field or method.
  if (behind === '.') return null;
  return { from: word?.from ?? context.pos, options, validFor: /^[\p{L}\p{N}_$]*$/u };
};

const ofValues: Completion[] = [...new Set(Object.values(OF_VALUES).flat())].map((label) => {
  const whose = Object.keys(OF_VALUES).filter((kind) => OF_VALUES[kind]?.includes(label));
  return { label, type: 'method', detail: `of ${whose.join(' and ')}` };
});
const ofOthers = Object.entries(OF_OTHERS).map(([label, whose]) => ({
  label,
  type: 'method',
  detail: `of ${whose}`,
}));

/** Behind a dot: the members of what JavaScript has by that name, otherwise those of values and of the program's types. */
const ofMembers: CompletionSource = (context) => {
  const { state, pos } = context;
  const found = context.matchBefore(/[\p{L}\p{N}_$)\]'"`]\??\.[\p{L}\p{N}_$]*/u);
  const dot = found?.text.lastIndexOf('.') ?? -1;
  if (!found || dot < 0) return null;
  const from = found.from + dot + 1;
  const { text, from: begin } = state.doc.lineAt(pos);
  const [object = ''] = /[\p{L}_$][\p{L}\p{N}_$]*$/u.exec(text.slice(0, from - 1 - begin)) ?? [];
  const named = Object.hasOwn(STATIC, object) ? STATIC[object] : undefined;
  const options = named
    ? named.map((label) => ({ label, type: 'method', detail: `of ${object}` }))
    : [...ofValues, ...ofOthers, ...declaredMembers(state)];
  return { from, options, validFor: /^[\p{L}\p{N}_$]*$/u };
};

/** Fields and methods of the program's types. */
function declaredMembers(state: EditorState): Completion[] {
  const names = new Set<string>();
  syntaxTree(state).iterate({
    enter({ name: kind, from, to }) {
      if (kind === 'PropertyDefinition') names.add(state.sliceDoc(from, to));
    },
  });
  return [...names].map((label) => ({ label, type: 'property', detail: 'of this program' }));
}

/** Explains the lab's function, or the name that the program declares, under the pointer. */
const hover = hoverTooltip((view, position) => {
  const { from, to, name: kind } = syntaxTree(view.state).resolveInner(position, -1);
  if (!/^(?:Variable|Type)(?:Name|Definition)$/.test(kind)) return null;
  const name = view.state.sliceDoc(from, to);
  const text = LAB.find((one) => one.name === name) ?? declaration(view.state, name);
  if (!text) return null;
  const dom = make(
    'div',
    { class: 'instruction' },
    make('p', {}, make('code', { text: text.head })),
    make('p', { text: text.doc }),
  );
  return { pos: from, end: to, above: true, create: () => ({ dom }) };
});

/** Where the program declares a name. */
function declaration(state: EditorState, name: string): Declared | null {
  let found: Declared | null = null;
  syntaxTree(state).iterate({
    enter({ name: kind, from, to }) {
      if (found || !/Definition$/.test(kind) || state.sliceDoc(from, to) !== name) return;
      const { number, text } = state.doc.lineAt(from);
      found = { name, head: text.trim().replace(/\s*\{?$/, ''), doc: `Declared in line ${number}.` };
    },
  });
  return found;
}

export const typescript = [
  typescriptLanguage,
  autocompletion({
    override: [localCompletionSource, ifNotIn(PROSE, ofLab), ifNotIn(PROSE, ofMembers)],
    icons: false,
  }),
  hover,
];
