/** The editor: CodeMirror with the language of the text, errors under the text, marks beside it. */
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, isolateHistory } from '@codemirror/commands';
import { setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, Text, Transaction } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  gutter,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { completion, hoverHelp } from './editor-help.ts';
import {
  breakpointsOf,
  breaks,
  evidenceGutters,
  heat,
  here,
  herePassage,
  late,
  linked,
  linkedPassage,
  marks,
  polls,
} from './editor-marks.ts';
import { isAssembler } from '../run/language-of.ts';
import { assembler, highlighting } from './language.ts';
import { ProgramLines } from './program-lines.ts';
import type { Extension } from '@codemirror/state';
import type { LineMark } from '../words/finding-text.ts';
import type { TextPlace } from '../run/passages.ts';
import type { Diagnostic, Passage } from '../run/types.ts';
import type { BreakMark, HeatMark, PollMark } from './editor-marks.ts';
import type { InstructionInfo } from '../run/types.ts';
import type { Which } from './program-lines.ts';

/** Lines are those of the loaded program, wherever they stand in the text, unless it is said otherwise. */
export class Editor {
  /** Hears of the text cursor's place, and of the place under the pointer. */
  onCursor;
  onPointer;
  lines = new ProgramLines(Text.empty);
  view;

  constructor(
    parent: HTMLElement,
    {
      changed,
      run,
      toggleBreakpoint,
      instructions,
    }: {
      /** the user changed the text */
      changed: (text: string) => void;
      /** the user wants it to run */
      run: () => void;
      /** of the text as it is now; with a column, at the statement there */
      toggleBreakpoint: (line: number, column: number | null) => void;
      instructions: () => InstructionInfo[];
    },
  ) {
    this.onCursor = (_place: TextPlace) => {};
    this.onPointer = (_place: TextPlace | null) => {};
    const toggleAt = (view: EditorView, position: number, isStatement = false) => {
      const { number, from, text } = view.state.doc.lineAt(position);
      toggleBreakpoint(number, isStatement ? [...text.slice(0, position - from)].length + 1 : null);
      return true;
    };
    const ofAssembler = [
      assembler,
      autocompletion({ override: [completion(instructions)], icons: false }),
      hoverHelp(instructions),
    ];
    const language = new Compartment();
    let spoken: Extension = ofAssembler;
    const isRight = () => isAssembler(this.view.state.doc.iterLines()) === (spoken === ofAssembler);
    /** The editor speaks the language of its text. TypeScript is fetched first; if it does not come, text is plain. */
    const speak = async () => {
      if (isRight()) return;
      const typescript = await import('./typescript.ts').then(
        (module) => module.typescript,
        () => null,
      );
      // The text may have become another one meanwhile.
      if (!typescript || isRight()) return;
      spoken = spoken === ofAssembler ? typescript : ofAssembler;
      this.view.dispatch({ effects: language.reconfigure(spoken) });
    };
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
          language.of(ofAssembler),
          highlighting,
          EditorState.tabSize.of(4),
          EditorView.contentAttributes.of({
            'aria-label': 'Program source',
            tabindex: '0',
            spellcheck: 'false',
            autocapitalize: 'off',
          }),
          keymap.of([
            { key: 'Mod-Enter', run: () => (run(), true) },
            {
              key: 'F9',
              run: (view) => toggleAt(view, view.state.selection.main.head),
              shift: (view) => toggleAt(view, view.state.selection.main.head, true),
            },
            // Tab goes on to what comes after the editor: nothing in the language needs it.
            ...completionKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorView.domEventHandlers({
            mousemove: (event) => this.onPointer(this.#under(event)),
            mouseleave: () => this.onPointer(null),
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              this.lines.follow(update.changes, update.state.doc);
              void speak();
            }
            const byUser = update.transactions.some(
              (one) => one.annotation(Transaction.userEvent) !== undefined,
            );
            if (update.docChanged && byUser) changed(update.state.doc.toString());
            if (update.docChanged || update.selectionSet) this.onCursor(this.cursorPlace);
          }),
        ],
      }),
    });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Replaces the program; undo brings the old one back. */
  set text(text: string) {
    if (text === this.text) return;
    this.lines.forget();
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      effects: breaks.set.of([]),
      selection: { anchor: 0 },
      // However soon another one follows: each is undone by itself.
      annotations: isolateHistory.of('full'),
    });
    // Not into view: the page would move with it.
    this.view.scrollDOM.scrollTop = 0;
  }

  #placed<Mark extends { line: number }>(marks: Mark[]) {
    return marks.flatMap((mark) => {
      const line = this.lines.toText('loaded', mark.line);
      return line === null ? [] : [{ ...mark, line }];
    });
  }

  /** Where the text cursor stands. */
  get cursorPlace(): TextPlace {
    return this.lines.placeOf(this.view.state.selection.main.head);
  }

  /**
   * How far down a line begins, CSS pixels.
   *
   * @returns null for nowhere
   */
  topOf(line: number): number | null {
    const now = this.lines.toText('loaded', line);
    return now === null ? null : this.view.lineBlockAt(this.view.state.doc.line(now).from).top;
  }

  /**
   * @param errors of the text as it is now
   * @param warnings of the text as it is now
   */
  showProblems(errors: Diagnostic[], warnings: Diagnostic[]) {
    const { doc } = this.view.state;
    const all = [
      ...errors.map((error) => ({ ...error, severity: 'error' as const })),
      ...warnings.map((warning) => ({ ...warning, severity: 'warning' as const })),
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
   * @param sites one for each line at most
   * @param arrivals one for each line at most
   */
  showEvidence(sites: PollMark[], arrivals: HeatMark[]) {
    this.view.dispatch({ effects: [polls.set.of(this.#placed(sites)), heat.set.of(this.#placed(arrivals))] });
  }

  /** @param lines one for each line at most */
  showBreakpoints(lines: BreakMark[]) {
    this.view.dispatch({ effects: breaks.set.of(this.#placed(lines)) });
  }

  /** The breakpoints beside the text. */
  get breakpoints() {
    return breakpointsOf(this.view.state).map((mark) => ({ ...mark, line: this.lines.toProgram(mark.line) }));
  }

  /**
   * Marks the line at which the last worker was, and says why behind it.
   *
   * @param mark of the program that ran
   */
  showLate(mark: LineMark | null) {
    this.#mark(late.set, 'ran', mark?.line ?? null, mark ?? {});
  }

  /** Has a line of the program that ran in sight, in the editor alone: the page stays where it is. */
  reveal(line: number) {
    const now = this.lines.toText('ran', line);
    if (now === null) return;
    const { top, bottom } = this.view.lineBlockAt(this.view.state.doc.line(now).from);
    const { scrollDOM } = this.view;
    const height = scrollDOM.clientHeight;
    if (top < scrollDOM.scrollTop || bottom > scrollDOM.scrollTop + height)
      scrollDOM.scrollTop = (top + bottom - height) / 2;
  }

  /**
   * Marks the line before which the task stands that steps move.
   *
   * @param line of the program that runs
   * @param note says which task it is
   * @param statement of the line, where it is known
   */
  showHere(line: number | null, note = '', statement: Passage | null = null) {
    this.#mark(here.set, 'ran', line, { note });
    this.#markPassage(herePassage.set, 'ran', statement);
  }

  /** Marks the statement of what the pointer is on elsewhere, or the line where no statement is known. */
  showLinked(line: number | null, statement: Passage | null = null) {
    this.#mark(linked.set, 'loaded', statement ? null : line);
    this.#markPassage(linkedPassage.set, 'loaded', statement);
  }

  #markPassage(set: typeof herePassage.set, which: Which, passage: Passage | null) {
    this.view.dispatch({ effects: set.of(passage && this.lines.toPassage(which, passage)) });
  }

  #mark(set: typeof late.set, which: Which, line: number | null, said: Partial<LineMark> = {}) {
    const now = line === null ? null : this.lines.toText(which, line);
    this.view.dispatch({ effects: set.of(now === null ? null : { ...said, line: now }) });
  }

  /** Has a line of a program in sight, or where it was. */
  goToLine(which: Which, line: number) {
    this.goTo(this.lines.nearest(which, line));
  }

  /**
   * @param line from 1, of the text as it is now
   * @param column from 1
   */
  goTo(line: number, column: number = 1) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    const position = Math.min(at.from + column - 1, at.to);
    this.view.dispatch({
      selection: { anchor: position },
      effects: EditorView.scrollIntoView(position, { y: 'center' }),
    });
    this.view.focus();
  }

  /**
   * The place under the pointer; beside the text of a line, the line.
   *
   * @returns null below the last
   */
  #under({ clientX, clientY }: MouseEvent): TextPlace | null {
    const { view } = this;
    const height = clientY - view.documentTop;
    if (height > view.contentHeight) return null;
    const offset = view.posAtCoords({ x: clientX, y: clientY });
    const { from } = view.lineBlockAtHeight(height);
    const line = view.state.doc.lineAt(from);
    if (offset !== null && offset >= line.from && offset < line.to) return this.lines.placeOf(offset);
    return { line: this.lines.toProgram(line.number), column: null };
  }
}
