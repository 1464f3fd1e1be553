/** What the editor knows of instructions: it completes them and explains them. All from the engine's table. */
import { syntaxTree } from '@codemirror/language';
import { hoverTooltip } from '@codemirror/view';
import { make } from './dom.js';

/**
 * A row of `lab.instructionSet()`.
 *
 * @typedef {object} InstructionInfo
 * @property {string} mnemonic
 * @property {string} syntax with its operand
 * @property {string} effect on the stack, as in `a b → a+b`
 * @property {import('../engine/types.js').PollKind | null} polls
 * @property {string} doc
 * @property {string[]} traps
 */

/**
 * Completes instructions at the beginning of a statement.
 *
 * @param {() => InstructionInfo[]} instructions
 * @returns {import('@codemirror/autocomplete').CompletionSource}
 */
export function completeInstructions(instructions) {
  return (context) => {
    const word = context.matchBefore(/^\s*[a-z]+/m);
    if (!word) return null;
    // An instruction with several kinds of operands has a row for each.
    const names = [...new Set(instructions().map(({ mnemonic }) => mnemonic))];
    return {
      from: word.from + (word.text.length - word.text.trimStart().length),
      options: names.map((label) => {
        const rows = instructions().filter(({ mnemonic }) => mnemonic === label);
        return { label, type: 'keyword', detail: rows[0]?.effect ?? '', info: () => explain(rows) };
      }),
      validFor: /^[a-z]*$/,
    };
  };
}

/**
 * Explains the instruction under the pointer.
 *
 * @param {() => InstructionInfo[]} instructions
 */
export function instructionHelp(instructions) {
  return hoverTooltip((view, position) => {
    const node = syntaxTree(view.state).resolveInner(position, 1);
    const word = view.state.sliceDoc(node.from, node.to);
    const rows = instructions().filter(({ mnemonic }) => mnemonic === word);
    if (rows.length === 0) return null;
    return { pos: node.from, end: node.to, above: true, create: () => ({ dom: explain(rows) }) };
  });
}

/** @param {InstructionInfo[]} rows of one mnemonic */
function explain(rows) {
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
