/** What is in a snapshot's file, and going on from there. */
import { bytes as size, count, plural } from '../data/format.js';
import { byId, make, setText, table } from './dom.js';

/** @typedef {import('../engine/types.js').SnapshotDescription} SnapshotDescription */

/** Every snapshot begins so. */
const MAGIC = 'SPLSNAP';
/** Tasks that are listed. */
const MAX_TASKS = 100;

/**
 * @param {Blob} file
 * @returns {Promise<boolean>} whether it says that it is a snapshot
 */
export async function isSnapshot(file) {
  return (await file.slice(0, MAGIC.length).text()) === MAGIC;
}

/**
 * A dialog that shows what is in a snapshot and restores it.
 *
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} store
 * @param {import('../state/commands.js').Commands} commands
 * @returns {(file: File) => Promise<void>} shows a file; what is wrong with it is said as a notice
 */
export function snapshotDialog(store, commands) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('snapshot-dialog'));
  const workers = /** @type {HTMLInputElement} */ (byId('snapshot-workers'));
  const form = /** @type {HTMLFormElement} */ (byId('snapshot-form'));
  /** @type {Uint8Array | null} */
  let shown = null;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const snapshot = shown;
    if (!snapshot || !form.reportValidity()) return;
    dialog.close();
    void commands.restore(snapshot, workers.valueAsNumber);
  });
  byId('snapshot-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    shown = null;
  });
  return async (file) => {
    const content = await commands.attempt(async () => new Uint8Array(await file.arrayBuffer()));
    const description = content && (await commands.attempt(() => commands.lab.describeSnapshot(content)));
    if (!description) return;
    shown = content;
    setText(byId('snapshot-title'), `Snapshot of ${description.program || file.name}`);
    byId('snapshot-content').replaceChildren(...contentOf(description));
    workers.value = String(store.state.workers);
    dialog.showModal();
  };
}

/** @param {SnapshotDescription} snapshot */
function contentOf({ made, workers, heap, used, objects, tasks, task_count, printed, output, size: length }) {
  const facts = [
    ['Taken', made > 0 ? new Date(made).toLocaleString() : 'at an unknown time'],
    ['File', size(length)],
    ['Workers then', String(workers)],
    ['Heap', `${plural(objects, 'object')}, ${size(used)} of ${size(heap)}`],
    ['Printed', printed === 0 ? 'nothing yet' : size(printed)],
  ];
  const list = make(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([name, value]) => [make('dt', { text: name }), make('dd', { text: value })]),
  );
  const rows = make(
    'tbody',
    {},
    ...tasks.slice(0, MAX_TASKS).map((task) =>
      make(
        'tr',
        {},
        make('th', { scope: 'row', text: `${task.id} ${task.name}` }),
        make('td', { text: [task.state, task.waiting].filter(Boolean).join(', ') }),
        make('td', {
          class: 'site',
          text: `${task.function}${task.line === null ? `, instruction ${task.instruction}` : `, line ${task.line}`}`,
        }),
      ),
    ),
  );
  const more = task_count > MAX_TASKS ? `, the first ${MAX_TASKS} of ${count(task_count)}` : '';
  return [
    list,
    make(
      'div',
      { class: 'scroll' },
      table(`Tasks that had not ended${more}`, ['Task', 'State', 'Where'], rows),
    ),
    ...(output === ''
      ? []
      : [
          make('p', { class: 'hint', text: 'The end of its output:' }),
          make('pre', { text: output.slice(-400) }),
        ]),
  ];
}
