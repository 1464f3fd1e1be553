/** The assembler's language for the editor: what is coloured how. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';

export const assembler = StreamLanguage.define({
  name: 'safepoint-assembler',
  startState: () => ({ start: true, directive: false }),
  token(stream, state) {
    if (stream.sol()) {
      state.start = true;
      state.directive = false;
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^;.*/)) return 'comment';
    if (state.start && stream.match(/^\.[\w-]+/)) {
      state.start = false;
      state.directive = true;
      return 'keyword';
    }
    if (state.start && stream.match(/^(?:"(?:[^"\\]|\\.)*"|[\p{L}_][\p{L}\p{N}_-]*)\s*:/u))
      return 'labelName';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) {
      state.start = false;
      return 'string';
    }
    if (
      stream.match(/^-?(?:0x[0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|inf|nan)(?![\p{L}\p{N}_-])/u)
    ) {
      state.start = false;
      return 'number';
    }
    if (stream.match(/^[\p{L}_][\p{L}\p{N}_.-]*/u)) {
      const word = stream.current();
      const first = state.start;
      state.start = false;
      if (first) return 'operatorKeyword';
      if (word === 'true' || word === 'false' || word === 'null') return 'atom';
      if (state.directive && /^(on|off|every)$/.test(word)) return 'atom';
      return 'variableName';
    }
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: ';' } },
});

const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--ink-2)' },
  { tag: tags.keyword, color: 'var(--code-directive)', fontWeight: '600' },
  { tag: tags.labelName, color: 'var(--code-label)' },
  { tag: tags.operatorKeyword, color: 'var(--ink)' },
  { tag: tags.variableName, color: 'var(--code-name)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: tags.atom, color: 'var(--code-number)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: [tags.typeName, tags.className], color: 'var(--code-label)' },
  { tag: [tags.bool, tags.null], color: 'var(--code-number)' },
]);

export const highlighting = syntaxHighlighting(colours);
