/** The editor: CodeMirror with the assembler's language, errors under the text, marks beside it. */
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, Text, Transaction } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  gutter,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { completion, hoverHelp } from './editor-help.js';
import {
  breakpointsOf,
  breaks,
  evidenceGutters,
  heat,
  here,
  late,
  linked,
  marks,
  polls,
} from './editor-marks.js';
import { assembler, highlighting } from './language.js';
import { ProgramLines } from './program-lines.js';

/** @typedef {import('../engine/types.js').Diagnostic} Diagnostic */
/** @typedef {import('./editor-marks.js').PollMark} PollMark */
/** @typedef {import('./editor-marks.js').HeatMark} HeatMark */
/** @typedef {import('./editor-marks.js').BreakMark} BreakMark */

/** Lines are those of the loaded program, wherever they stand in the text, unless it is said otherwise. */
export class Editor {
  /**
   * @param {HTMLElement} parent
   * @param {object} handlers
   * @param {(text: string) => void} handlers.changed the user changed the text
   * @param {() => void} handlers.run the user wants it to run
   * @param {(line: number) => void} handlers.toggleBreakpoint of the text as it is now
   * @param {() => import('./editor-help.js').InstructionInfo[]} handlers.instructions
   */
  constructor(parent, { changed, run, toggleBreakpoint, instructions }) {
    /** Hears of the text cursor's line, and of the line under the pointer. */
    this.onCursor = (/** @type {number} */ _line) => {};
    this.onPointer = (/** @type {number | null} */ _line) => {};
    const toggleAt = (/** @type {EditorView} */ view, /** @type {number} */ position) => {
      toggleBreakpoint(view.state.doc.lineAt(position).number);
      return true;
    };
    this.lines = new ProgramLines(Text.empty);
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        extensions: [
          gutter({
            class: 'cm-breaks',
            markers: (view) => view.state.field(breaks.field),
            domEventHandlers: { mousedown: (view, line) => toggleAt(view, line.from) },
          }),
          lineNumbers({ domEventHandlers: { mousedown: (view, line) => toggleAt(view, line.from) } }),
          marks,
          evidenceGutters(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          assembler,
          highlighting,
          autocompletion({ override: [completion(instructions)], icons: false }),
          hoverHelp(instructions),
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
          EditorView.domEventHandlers({
            mousemove: (event) => this.onPointer(this.#under(event)),
            mouseleave: () => this.onPointer(null),
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) this.lines.follow(update.changes, update.state.doc);
            const byUser = update.transactions.some(
              (one) => one.annotation(Transaction.userEvent) !== undefined,
            );
            if (update.docChanged && byUser) changed(update.state.doc.toString());
            if (update.docChanged || update.selectionSet) this.onCursor(this.cursorLine);
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
    this.lines.forget();
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      effects: breaks.set.of([]),
      selection: { anchor: 0 },
    });
    // Not into view: the page would move with it.
    this.view.scrollDOM.scrollTop = 0;
  }

  /**
   * @template {{ line: number }} Mark
   * @param {Mark[]} marks
   */
  #placed(marks) {
    return marks.flatMap((mark) => {
      const line = this.lines.toText('loaded', mark.line);
      return line === null ? [] : [{ ...mark, line }];
    });
  }

  /** The line in which the text cursor stands. */
  get cursorLine() {
    const { doc, selection } = this.view.state;
    return this.lines.toProgram(doc.lineAt(selection.main.head).number);
  }

  /** How far down a line begins, CSS pixels. @param {number} line @returns {number | null} null for nowhere */
  topOf(line) {
    const now = this.lines.toText('loaded', line);
    return now === null ? null : this.view.lineBlockAt(this.view.state.doc.line(now).from).top;
  }

  /**
   * @param {Diagnostic[]} errors of the text as it is now
   * @param {Diagnostic[]} warnings of the text as it is now
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

  /**
   * @param {PollMark[]} sites one for each line at most
   * @param {HeatMark[]} arrivals one for each line at most
   */
  showEvidence(sites, arrivals) {
    this.view.dispatch({ effects: [polls.set.of(this.#placed(sites)), heat.set.of(this.#placed(arrivals))] });
  }

  /** @param {BreakMark[]} lines one for each line at most */
  showBreakpoints(lines) {
    this.view.dispatch({ effects: breaks.set.of(this.#placed(lines)) });
  }

  /** The breakpoints beside the text. */
  get breakpoints() {
    return breakpointsOf(this.view.state).map((mark) => ({ ...mark, line: this.lines.toProgram(mark.line) }));
  }

  /** Marks the line at which the last worker was. @param {number | null} line of the program that ran */
  showLate(line) {
    this.#mark(late.set, 'ran', line);
  }

  /** Marks the line before which the task stands that is looked at. @param {number | null} line of the program that runs */
  showHere(line) {
    this.#mark(here.set, 'ran', line);
  }

  /** Marks the line of what the pointer is on elsewhere. @param {number | null} line */
  showLinked(line) {
    this.#mark(linked.set, 'loaded', line);
  }

  /**
   * @param {import('@codemirror/state').StateEffectType<number | null>} set
   * @param {import('./program-lines.js').Which} which
   * @param {number | null} line
   */
  #mark(set, which, line) {
    this.view.dispatch({ effects: set.of(line === null ? null : this.lines.toText(which, line)) });
  }

  /**
   * Has a line of a program in sight, or where it was.
   *
   * @param {import('./program-lines.js').Which} which
   * @param {number} line
   */
  goToLine(which, line) {
    this.goTo(this.lines.nearest(which, line));
  }

  /**
   * @param {number} line from 1, of the text as it is now
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

  /** The line under the pointer. @param {MouseEvent} event @returns {number | null} null below the last */
  #under({ clientY }) {
    const { view } = this;
    const height = clientY - view.documentTop;
    if (height > view.contentHeight) return null;
    const { from } = view.lineBlockAtHeight(height);
    return this.lines.toProgram(view.state.doc.lineAt(from).number);
  }
}
