/** The program as the machine sees it: offsets, bytes, instructions, and where it polls. */
import { byId, make, table } from './dom.js';

/** Rows that are added at a time: a module may hold many thousands. */
const CHUNK = 500;

/** @type {Record<import('../engine/types.js').PollKind, 'calls' | 'back_edges' | 'allocations' | 'awaits'>} */
const SWITCH = { call: 'calls', 'back-edge': 'back_edges', allocation: 'allocations', await: 'awaits' };

/**
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} store
 * @param {(line: number) => void} showLine
 */
export function bytecodeView(store, showLine) {
  const box = byId('pane-bytecode');
  let rows = CHUNK;
  store.watch(['program'], () => {
    rows = CHUNK;
  });
  store.watch(['program', 'policy', 'selected', 'recording'], draw);
  document.getElementById('tab-bytecode')?.addEventListener('click', () => draw(store.state));

  /** @param {import('../state/page-state.js').PageState} state */
  function draw({ program, policy, selected, recording }) {
    if (box.hidden) return;
    if (!program) {
      box.replaceChildren(
        make('p', { class: 'hint', text: 'The bytecode appears here when the program has no errors.' }),
      );
      return;
    }
    const inForce = policy ?? program.policy;
    const late = (selected === null ? null : recording.pause(selected))?.stragglers[0]?.site;
    const body = make('tbody');
    let current = '';
    for (const row of program.listing.slice(0, rows)) {
      if (row.function !== current) {
        current = row.function;
        body.append(
          make('tr', { class: 'part' }, make('th', { scope: 'rowgroup', colspan: 4, text: current })),
        );
      }
      const at = late && late.function === row.function && late.instruction === row.index;
      const polls = row.poll !== null && inForce[SWITCH[row.poll]];
      body.append(
        make(
          'tr',
          { class: at ? 'at' : null, 'data-line': row.line },
          make('td', { class: 'figure', text: row.offset.toString(16).padStart(4, '0') }),
          make('td', { class: 'bytes', text: row.bytes }),
          make('td', { class: 'code', text: row.text }),
          make('td', {
            class: row.poll === null ? null : polls ? 'poll' : 'poll off',
            text: row.poll === null ? '' : polls ? `● ${row.poll}` : `○ ${row.poll}, off`,
          }),
        ),
      );
    }
    const left = program.listing.length - rows;
    box.replaceChildren(
      table('Bytecode and its poll sites', [{ figure: 'Offset' }, 'Bytes', 'Instruction', 'Poll'], body),
    );
    if (left > 0) {
      const more = () => {
        rows += CHUNK;
        draw(store.state);
      };
      box.append(
        make('button', {
          type: 'button',
          class: 'ghost',
          onclick: more,
          text: `Show ${Math.min(left, CHUNK)} more of ${left}`,
        }),
      );
    }
  }

  box.addEventListener('dblclick', (event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest('tr[data-line]');
    if (row instanceof HTMLElement) showLine(Number(row.dataset.line));
  });
}
