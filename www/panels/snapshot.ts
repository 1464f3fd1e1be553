/** What is in a snapshot's file, and going on from there. */
import { bytes as size, count, plural } from '../words/format.ts';
import { byId, make, setText, table } from './dom.ts';
import { snapshotName } from '../words/file-name.ts';
import { isLive, isOfRun } from '../app/page-state.ts';
import { heldPause } from '../app/standing.ts';
import { download } from './download.ts';
import type { SnapshotDescription } from '../run/types.ts';
import type { Store } from '../app/store.ts';
import type { PageState } from '../app/page-state.ts';
import type { Commands } from '../app/commands.ts';

/** Every snapshot begins so. */
const MAGIC = 'SPLSNAP';
/** Tasks that are listed. */
const MAX_TASKS = 100;

/** @returns whether it says that it is a snapshot */
export async function isSnapshot(file: Blob): Promise<boolean> {
  return (await file.slice(0, MAGIC.length).text()) === MAGIC;
}

/** Saves the world that stands still as a file. */
export async function saveSnapshot({ state }: Store<PageState>, commands: Commands) {
  const pause = heldPause(state)?.id;
  if (pause === undefined) return;
  const bytes = await commands.attempt(() => commands.lab.snapshotBytes());
  if (bytes) save(state, bytes, pause);
}

/** @returns the file's name */
function save(state: PageState, bytes: Uint8Array, pause: number) {
  const workers = state.run?.workers ?? state.recording.workers;
  const name = snapshotName({ program: nameOf(state), pause, workers }, new Date());
  download(bytes, name);
  return name;
}

/** What the program that runs is called; a text that has changed since may be called otherwise. */
function nameOf(state: PageState) {
  return (isOfRun(state) && state.title) || state.run?.program?.name || '';
}

/**
 * A dialog that shows what is in a snapshot and restores it.
 *
 * @returns shows a file; what is wrong with it is said as a notice
 */
export function snapshotDialog(store: Store<PageState>, commands: Commands): (file: File) => Promise<void> {
  const dialog = byId<HTMLDialogElement>('snapshot-dialog');
  const workers = byId<HTMLInputElement>('snapshot-workers');
  const form = byId<HTMLFormElement>('snapshot-form');
  let shown: Uint8Array | null = null;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const snapshot = shown;
    if (!snapshot || !form.reportValidity()) return;
    dialog.close();
    void commands.restore(snapshot, workers.valueAsNumber);
  });
  const ends = byId('snapshot-ends');
  const keep = byId<HTMLButtonElement>('snapshot-keep');
  const kept = byId('snapshot-kept');
  // What it ends is said as long as something runs, whatever that does meanwhile.
  store.watch((state) => {
    const { status, run } = state;
    const isEnded = isLive(status) && status !== 'ending';
    ends.hidden = !isEnded;
    keep.disabled = status !== 'running' && status !== 'stopped';
    const doing = status === 'stopped' ? 'stands stopped' : 'runs';
    const what = `${nameOf(state) || 'A program'} ${doing}${run ? ` on ${plural(run.workers, 'worker')}` : ''}`;
    setText(byId('snapshot-ends-text'), isEnded ? `${what}: restoring ends it.` : '');
    setText(byId('snapshot-restore'), isEnded ? 'End it and restore' : 'Restore');
  });
  const saveFirst = async () => {
    setText(kept, 'The snapshot is being taken.');
    const taken = await commands.snapshot();
    setText(kept, taken ? `Saved as ${save(store.state, taken.bytes, taken.pause)}.` : 'It was not taken.');
    if (dialog.open) keep.focus();
  };
  keep.addEventListener('click', () => void saveFirst());
  byId('snapshot-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    shown = null;
  });
  return async (file) => {
    const content = await commands.attempt(async () => new Uint8Array(await file.arrayBuffer()));
    const description = content && (await commands.attempt(() => commands.lab.describeSnapshot(content)));
    if (!description) return;
    shown = content;
    // One without a name is called that.
    const isNamed = description.program !== '' && description.program !== 'program';
    setText(byId('snapshot-title'), `Snapshot of ${isNamed ? description.program : file.name}`);
    byId('snapshot-content').replaceChildren(...contentOf(description));
    workers.value = String(store.state.workers);
    setText(kept, '');
    dialog.showModal();
  };
}

function contentOf({
  made,
  workers,
  heap,
  used,
  objects,
  tasks,
  task_count,
  printed,
  output,
  size: length,
}: SnapshotDescription) {
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
