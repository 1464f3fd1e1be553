/** The editor: CodeMirror with the assembler's language, errors under the text, poll sites in the gutter. */
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, RangeSet, StateEffect, StateField, Transaction } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  GutterMarker,
  drawSelection,
  gutter,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { completeInstructions, instructionHelp } from './instruction-help.js';
import { assembler, highlighting } from './language.js';

/** @typedef {import('../engine/types.js').Diagnostic} Diagnostic */
/** @typedef {{ line: number, title: string, on: boolean }} PollMark */

/** @type {import('@codemirror/state').StateEffectType<PollMark[]>} */
const setPolls = StateEffect.define();
/** @type {import('@codemirror/state').StateEffectType<number[]>} */
const setBreaks = StateEffect.define();
/** @type {import('@codemirror/state').StateEffectType<number | null>} */
const setLate = StateEffect.define();
/** @type {import('@codemirror/state').StateEffectType<number | null>} */
const setHere = StateEffect.define();

class PollMarker extends GutterMarker {
  /** @param {PollMark} mark */
  constructor(mark) {
    super();
    this.mark = mark;
  }

  /** @override @param {GutterMarker} other */
  eq(other) {
    return (
      other instanceof PollMarker && other.mark.title === this.mark.title && other.mark.on === this.mark.on
    );
  }

  /** @override */
  toDOM() {
    const dot = document.createElement('span');
    dot.textContent = this.mark.on ? '●' : '○';
    dot.title = this.mark.title;
    dot.className = this.mark.on ? 'poll' : 'poll off';
    return dot;
  }
}

const polls = StateField.define({
  create: () => /** @type {RangeSet<GutterMarker>} */ (RangeSet.empty),
  update(markers, transaction) {
    let next = markers.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setPolls)) continue;
      const { doc } = transaction.state;
      const inside = effect.value
        .filter(({ line }) => line >= 1 && line <= doc.lines)
        .sort((a, b) => a.line - b.line);
      next = RangeSet.of(inside.map((mark) => new PollMarker(mark).range(doc.line(mark.line).from)));
    }
    return next;
  },
});

class BreakMarker extends GutterMarker {
  /** @override */
  toDOM() {
    const mark = document.createElement('span');
    mark.textContent = '◆';
    mark.title = 'Breakpoint: a task that comes here stops everybody';
    mark.className = 'break';
    return mark;
  }
}

const breakMarker = new BreakMarker();

const breaks = StateField.define({
  create: () => /** @type {RangeSet<GutterMarker>} */ (RangeSet.empty),
  update(markers, transaction) {
    let next = markers.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setBreaks)) continue;
      const { doc } = transaction.state;
      const lines = [...new Set(effect.value)].filter((line) => line >= 1 && line <= doc.lines);
      lines.sort((a, b) => a - b);
      next = RangeSet.of(lines.map((line) => breakMarker.range(doc.line(line).from)));
    }
    return next;
  },
});

/**
 * A line that is marked until another is, or none.
 *
 * @param {import('@codemirror/state').StateEffectType<number | null>} mark
 * @param {string} name of the class
 */
function markedLine(mark, name) {
  const decoration = Decoration.line({ class: name });
  return StateField.define({
    create: () => Decoration.none,
    update(marks, transaction) {
      let next = marks.map(transaction.changes);
      for (const effect of transaction.effects) {
        if (!effect.is(mark)) continue;
        const { doc } = transaction.state;
        const line = effect.value;
        next =
          line !== null && line >= 1 && line <= doc.lines
            ? Decoration.set(decoration.range(doc.line(line).from))
            : Decoration.none;
      }
      return next;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

const late = markedLine(setLate, 'cm-late');
const here = markedLine(setHere, 'cm-here');

export class Editor {
  /**
   * @param {HTMLElement} parent
   * @param {object} handlers
   * @param {(text: string) => void} handlers.changed the user changed the text
   * @param {() => void} handlers.run the user wants it to run
   * @param {(line: number) => void} handlers.toggleBreakpoint
   * @param {() => import('./instruction-help.js').InstructionInfo[]} handlers.instructions
   */
  constructor(parent, { changed, run, toggleBreakpoint, instructions }) {
    const toggleAt = (/** @type {EditorView} */ view, /** @type {number} */ position) => {
      toggleBreakpoint(view.state.doc.lineAt(position).number);
      return true;
    };
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        extensions: [
          gutter({
            class: 'cm-breaks',
            markers: (view) => view.state.field(breaks),
            domEventHandlers: { mousedown: (view, line) => toggleAt(view, line.from) },
          }),
          lineNumbers({ domEventHandlers: { mousedown: (view, line) => toggleAt(view, line.from) } }),
          breaks,
          polls,
          late,
          here,
          gutter({ class: 'cm-polls', markers: (view) => view.state.field(polls) }),
          history(),
          drawSelection(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          assembler,
          highlighting,
          autocompletion({ override: [completeInstructions(instructions)], icons: false }),
          instructionHelp(instructions),
          EditorState.tabSize.of(4),
          EditorView.contentAttributes.of({
            'aria-label': 'Program source',
            tabindex: '0',
            spellcheck: 'false',
            autocapitalize: 'off',
          }),
          keymap.of([
            { key: 'Mod-Enter', run: () => (run(), true) },
            { key: 'F9', run: (view) => toggleAt(view, view.state.selection.main.head) },
            // Tab indents only after Escape has not been pressed: Escape, then Tab leaves the editor.
            ...completionKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...defaultKeymap,
            indentWithTab,
          ]),
          EditorView.updateListener.of((update) => {
            const byUser = update.transactions.some(
              (one) => one.annotation(Transaction.userEvent) !== undefined,
            );
            if (update.docChanged && byUser) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Replaces the program; undo brings the old one back. @param {string} text */
  set text(text) {
    if (text === this.text) return;
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      effects: setBreaks.of([]),
      selection: { anchor: 0 },
      scrollIntoView: true,
    });
  }

  /**
   * @param {Diagnostic[]} errors
   * @param {Diagnostic[]} warnings
   */
  showProblems(errors, warnings) {
    const { doc } = this.view.state;
    const all = [
      ...errors.map((error) => ({ ...error, severity: /** @type {const} */ ('error') })),
      ...warnings.map((warning) => ({ ...warning, severity: /** @type {const} */ ('warning') })),
    ];
    const diagnostics = all
      .filter(({ line }) => line >= 1)
      .map(({ line, column, length, message, severity }) => {
        const at = doc.line(Math.min(line, doc.lines));
        const from = Math.min(at.from + Math.max(0, column - 1), at.to);
        return {
          from,
          to: Math.min(from + Math.max(1, length), at.to),
          severity,
          message,
        };
      });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** @param {PollMark[]} marks one for each line at most */
  showPolls(marks) {
    this.view.dispatch({ effects: setPolls.of(marks) });
  }

  /** @param {number[]} lines */
  showBreakpoints(lines) {
    this.view.dispatch({ effects: setBreaks.of(lines) });
  }

  /** Where the breakpoints are in the text now. @returns {number[]} */
  get breakpointLines() {
    const { doc } = this.view.state;
    const lines = [];
    for (const at = this.view.state.field(breaks).iter(); at.value; at.next()) {
      lines.push(doc.lineAt(at.from).number);
    }
    return lines;
  }

  /** Marks the line at which the last worker was. @param {number | null} line */
  showLate(line) {
    this.view.dispatch({ effects: setLate.of(line) });
  }

  /** Marks the line before which the task stands that is looked at. @param {number | null} line */
  showHere(line) {
    this.view.dispatch({ effects: setHere.of(line) });
  }

  /**
   * @param {number} line from 1
   * @param {number} [column] from 1
   */
  goTo(line, column = 1) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    const position = Math.min(at.from + column - 1, at.to);
    this.view.dispatch({
      selection: { anchor: position },
      effects: EditorView.scrollIntoView(position, { y: 'center' }),
    });
    this.view.focus();
  }
}
