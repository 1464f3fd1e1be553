/**
 * The program's breakpoints as the user has them: set, changed, removed, and kept while the text changes. A
 * condition that is refused stays as it was typed, with what is wrong with it, until it is right.
 */
import { statementAt } from '../run/passages.ts';
import { hasEngine } from '../run/phases.ts';
import type { Breakpoint, BreakpointOptions, Program } from '../run/types.ts';
import type { Draft, PageState } from './page-state.ts';
import type { Lab } from '../engine/lab.ts';
import type { Store } from './store.ts';
import type { Commands } from './commands.ts';

/** when a breakpoint is to stop */
export type Wish = { condition: string; hits: number };

/**
 * one
 *   beside the text; without an id it was refused
 */
export type Mark = Wish & {
  id: number | null;
  line: number;
  /** of its statement; none for the line */
  column?: number | null;
  draft: (Wish & { message: string }) | null;
};

export class Breakpoints {
  lab;
  store;
  commands;
  /** What is beside the text of a program, in its lines: null when that is not what is shown. */
  marks: (program: Program) => Mark[] | null = () => [];
  /** Which program has them. */
  program: Program | null = null;
  /** One change after the other, each of what the one before has left. */
  turn: Promise<unknown>;

  constructor(lab: Lab, store: Store<PageState>, commands: Commands) {
    this.lab = lab;
    this.store = store;
    this.commands = commands;
    this.turn = Promise.resolve();
  }

  /**
   * Sets a breakpoint at a line, or removes what is there.
   *
   * @param lineNow asked once the text has been read: from 1, null when the line is gone
   * @param column of the text as it is then: at the statement there, from 1
   */
  toggle(lineNow: () => number | null, column: number | null = null) {
    return this.#inTurn(async () => {
      const line = lineNow();
      if (line === null) return;
      const { breakpoints, drafts, program } = this.store.state;
      const listing = program?.listing ?? [];
      // Of the text cursor: also behind a statement's last character.
      const statement =
        column === null
          ? null
          : (statementAt(listing, { line, column }) ?? statementAt(listing, { line, column: column - 1 }));
      const there = breakpoints.find(
        (breakpoint) =>
          breakpoint.line === line && (!statement || (breakpoint.column ?? null) === statement[1]),
      );
      if (there) return this.#remove(there.id);
      if (drafts.some((draft) => draft.id === null && draft.line === line)) return this.#discard(line);
      await this.commands.attempt(() =>
        this.lab.breakpoint(statement ? { line: statement[0], column: statement[1] } : { line }),
      );
      await this.#read();
    });
  }

  remove(breakpoint: Breakpoint) {
    return this.#inTurn(async () => this.#remove(breakpoint.id));
  }

  async #remove(id: number) {
    await this.#clear(id);
    this.#forget((draft) => draft.id === id);
    await this.#read();
  }

  #clear(id: number) {
    return this.commands.attempt(() => this.lab.clearBreakpoints(id));
  }

  /** Forgets a breakpoint that could not be set. */
  discard({ line }: Draft) {
    return this.#inTurn(async () => this.#discard(line));
  }

  #discard(line: number) {
    this.#forget((draft) => draft.id === null && draft.line === line);
  }

  /** Has a breakpoint stop at other times. Where that is refused, it stays as it was. */
  change(breakpoint: Breakpoint, { condition, hits }: Wish) {
    return this.#inTurn(async () => {
      const now = this.store.state.breakpoints.find(({ id }) => id === breakpoint.id);
      if (!now) return;
      const { id, line, column, places } = now;
      const wanted = { condition: condition.trim(), hits };
      const same = wanted.condition === (now.condition ?? '') && hits === now.hits;
      const [place] = places;
      const at =
        line === null
          ? { function: place?.function, instruction: place?.instruction }
          : { line, column: column ?? undefined };
      const problem = same ? null : await this.#set({ ...at, ...wanted, id });
      this.#forget((draft) => draft.id === id);
      if (problem !== null) return this.#refused({ id, line: line ?? 0, ...wanted, message: problem });
      if (!same) await this.#read();
    });
  }

  /** Tries once more to set a breakpoint that was refused. */
  retry({ line }: Draft, wish: Wish) {
    return this.#inTurn(async () => {
      const problem = await this.#set({ line, ...wish });
      this.#discard(line);
      if (problem !== null) return this.#refused({ id: null, line, ...wish, message: problem });
      await this.#read();
    });
  }

  /** Removes all of them. */
  clear() {
    return this.#inTurn(async () => {
      await this.commands.attempt(() => this.lab.clearBreakpoints());
      this.#forget(() => true);
      await this.#read();
    });
  }

  /** Has the program that is loaded have what is beside its text. */
  agree() {
    return this.#inTurn(async () => {});
  }

  /** Asks how often they have been come to. */
  read() {
    return this.#inTurn(() => this.#read());
  }

  /** Until the program that is loaded, whichever that is by then, has what is beside its text. */
  async #agree() {
    for (;;) {
      await this.#loaded();
      const { program, status } = this.store.state;
      // Without an engine they cannot be set.
      if (!program || program === this.program || !hasEngine(status)) return;
      const marks = this.marks(program);
      if (!marks) return;
      await this.#keep(program, marks);
    }
  }

  /**
   * A program that was changed has lost its breakpoints: sets them again. The one before may still run, and
   * has its own: what is no longer beside the text stops no task there either.
   */
  async #keep(program: Program, marks: Mark[]) {
    const { breakpoints } = this.store.state;
    for (const { id } of breakpoints.filter((before) => marks.every((mark) => mark.id !== before.id)))
      await this.#clear(id);
    const there = (await this.commands.attempt(() => this.lab.breakpoints())) ?? [];
    const drafts: Draft[] = [];
    for (const { id: before, line, column, condition, hits, draft } of marks) {
      await this.#loaded();
      // Lines of this one are not those of the next.
      if (program !== this.store.state.program) return;
      if (there.some((set) => set.line === line && (set.column ?? null) === (column ?? null))) continue;
      try {
        const at = { line, column: column ?? undefined };
        const { id } = await this.lab.breakpoint({ ...at, condition, hits, id: before ?? undefined });
        if (draft) drafts.push({ id, line, ...draft });
      } catch (thrown) {
        if (before !== null) await this.#clear(before);
        // Without a condition, it is the line that had its time: it is gone, or has no code behind it.
        if (condition !== '') drafts.push({ id: null, line, condition, hits, message: messageOf(thrown) });
      }
    }
    this.program = program;
    const kept = this.store.state.drafts.filter(({ id }) => there.some((breakpoint) => breakpoint.id === id));
    this.store.set({ drafts: [...kept, ...drafts] });
    await this.#read();
  }

  /** What the engine has may be other than what was asked for: a line without code means the next. */
  async #read() {
    const { program } = this.store.state;
    const breakpoints = await this.commands.attempt(() => this.lab.breakpoints());
    // Another program that has come meanwhile has its own turn.
    if (breakpoints && program === this.store.state.program) this.store.set({ breakpoints });
  }

  /** Until no text is being read: lines are of the program that is loaded then. */
  async #loaded() {
    while (this.commands.loading) await this.commands.loading.answer;
  }

  /** Whether the world stops when a task is about to trap. */
  async breakOnTrap(on: boolean) {
    this.store.set({ breakOnTrap: on });
    const done = await this.commands.attempt(async () => {
      await this.lab.breakOnTrap(on);
      return true;
    });
    // A switch that could not be moved goes back.
    if (!done) this.store.set({ breakOnTrap: !on });
  }

  /** Changes something once what was to be changed before has been, in the program that is loaded by then. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.turn.then(async () => {
      await this.#agree();
      return action();
    });
    this.turn = done.catch(() => {});
    return done;
  }

  /** @returns what is wrong with it */
  async #set(options: BreakpointOptions): Promise<string | null> {
    try {
      await this.lab.breakpoint(options);
      return null;
    } catch (thrown) {
      return messageOf(thrown);
    }
  }

  #refused(draft: Draft) {
    this.store.set({ drafts: [...this.store.state.drafts, draft], spoken: draft.message });
  }

  #forget(which: (draft: Draft) => boolean) {
    const { drafts } = this.store.state;
    if (drafts.some(which)) this.store.set({ drafts: drafts.filter((draft) => !which(draft)) });
  }
}

function messageOf(thrown: unknown) {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
