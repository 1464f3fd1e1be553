/** Marks where the task stands that steps move, in text and bytecode, and has the place in sight after every step. */
import { standing } from '../app/standing.ts';
import { rowOf } from '../run/passages.ts';
import { byId } from './dom.ts';
import { BytecodeView } from './bytecode.ts';
import { linkPanes } from './linked-panes.ts';
import type { Page } from './page.ts';

export function panel({ store, frames, program: { editor, showLine } }: Page) {
  const bytecode = new BytecodeView(store, frames);
  const still = linkPanes(editor, bytecode, showLine);
  let marked = '';
  const reveal = () => {
    const at = standing(store.state);
    if (!at?.isAsked) return;
    still();
    if (at.line !== null) editor.reveal(at.line);
    bytecode.revealHere();
  };
  store.on(['status', 'recording', 'stepped', 'program', 'run'], (state) => {
    const at = standing(state);
    const statement = at && rowOf(state.run?.program?.listing ?? [], at)?.statement;
    editor.showHere(at?.line ?? null, at ? `task ${at.task}` : '', statement ?? null);
    const as = JSON.stringify([at, state.recording.held?.id, state.program?.source]);
    if (as === marked) return;
    marked = as;
    bytecode.showHere(at);
    reveal();
  });
  // What is hidden cannot be scrolled.
  for (const pane of ['source', 'bytecode']) byId(`tab-${pane}`).addEventListener('click', reveal);
}
