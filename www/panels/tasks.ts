/** What the debugger's pause shows: tasks, their frames, locals and operand stacks. */
import { count, duration, plural } from '../words/format.ts';
import { byId, make, table } from './dom.ts';
import { valueOf } from './object.ts';
import type { Frame, Task } from '../run/types.ts';
import type { Store } from '../app/store.ts';
import type { PageState } from '../app/page-state.ts';
import type { Commands } from '../app/commands.ts';

/** where a click leads */
type Ways = { showLine: (line: number) => void; follow: ((reference: number) => void) | null };

/** Tasks and frames that are listed; a runaway recursion has many thousands. */
const MAX_TASKS = 200;
const MAX_FRAMES = 50;
const INVITATION = ': the world stops, and each task is listed with its frames, locals and operands.';

/** @param open shows an object */
export function tasksView(
  store: Store<PageState>,
  commands: Commands,
  showLine: (line: number) => void,
  open: (reference: number) => void,
) {
  const box = byId('tasks');
  /** What is shown: tasks, whether they can be stepped, and what is said. */
  let drawn: [unknown, boolean, string | null] | null = null;
  /** The pause whose tasks are listed. */
  let listed: number | null = null;
  store.watch((state) => {
    const { selected, recording, view, status, stepped } = state;
    const pause = selected === null || view === 'live' ? null : recording.pause(selected);
    const stacks = pause?.outcome?.kind === 'debug' ? pause.outcome : null;
    const held = status === 'stopped' && recording.held?.id === pause?.id;
    const later = held && stepped?.pause === pause?.id ? stepped : null;
    const all = later?.tasks ?? stacks?.tasks ?? null;
    const said = later?.message ?? pause?.halt?.text ?? null;
    if (drawn?.[0] === all && drawn?.[1] === held && drawn?.[2] === said) return;
    drawn = [all, held, said];
    if (!pause || !all) {
      box.replaceChildren(make('p', { class: 'none' }, 'Press ', make('b', { text: 'Debug' }), INVITATION));
      return;
    }
    // The task that stopped the world is the one that is shown.
    const first = pause.halt?.task ?? all[0]?.id;
    const unfolded = pause.id === listed ? openTasks(box) : new Set([first]);
    listed = pause.id;
    const focused = document.activeElement?.id ?? '';
    const tasks = all.slice(0, MAX_TASKS);
    const steps = held ? (task: number) => stepButtons(task, commands) : null;
    /** Objects can be looked at as long as no worker runs. */
    const follow = held ? open : null;
    box.replaceChildren(
      make(
        'div',
        { class: 'head' },
        make('h2', { text: 'Tasks' }),
        make('small', { text: `${plural(all.length, 'task')} at pause ${pause.id}` }),
      ),
      ...(said ? [make('p', { class: 'hint', text: said })] : []),
      ...tasks.map((task) => taskOf(task, unfolded.has(task.id), steps, { showLine, follow }, state.step)),
    );
    if (focused.startsWith('step-')) document.getElementById(focused)?.focus();
    if (all.length > MAX_TASKS)
      box.append(make('p', { class: 'hint', text: `and ${all.length - MAX_TASKS} more tasks` }));
  });
}

/** @returns ids of the tasks whose frames are shown */
function openTasks(box: HTMLElement): Set<number> {
  const open = [...box.querySelectorAll('details.task[open]')];
  return new Set(open.map((task) => Number(task.getAttribute('data-task'))));
}

function stepButtons(task: number, commands: Commands) {
  const kinds = [
    ['into', 'Step into', 'One instruction'],
    ['over', 'Step over', 'One instruction, a call as a whole'],
    ['out', 'Step out', 'The rest of the function'],
  ] as const;
  return make(
    'div',
    { class: 'row steps', role: 'group', 'aria-label': `Steps of task ${task}` },
    ...kinds.map(([kind, text, title]) =>
      make('button', {
        type: 'button',
        id: `step-${kind}-${task}`,
        title: `${title}; all others stand still`,
        onclick: () => void commands.step(task, kind),
        text,
      }),
    ),
  );
}

/** @param step of the clock */
function taskOf(
  task: Task,
  open: boolean,
  steps: ((task: number) => HTMLElement) | null,
  ways: Ways,
  step: number,
) {
  const top = task.frames[0];
  const line = top?.line ?? null;
  const here = top ? `${top.function}${line === null ? '' : `, line ${line}`}` : '';
  // As the pause's arrivals have it.
  const where = task.stopped
    ? `${task.stopped.text}; goes on ${line === null ? 'behind it' : `at line ${line}`}`
    : here;
  const said = [
    task.state,
    task.worker === null ? null : `worker ${task.worker}`,
    task.waiting,
    where,
  ].filter(Boolean);
  const waited = readyText(task, step);
  const frames = task.frames.slice(0, MAX_FRAMES).map((frame, i) => frameOf(task, frame, i, ways));
  const hidden = task.frames.length - frames.length + (task.framesOmitted ?? 0);
  if (hidden > 0) frames.push(make('p', { class: 'hint', text: hiddenText(hidden) }));
  return make(
    'details',
    { class: 'task', open, 'data-task': task.id },
    make('summary', {}, make('b', { text: `Task ${task.id}` }), ` ${said.join(' · ')}`),
    waited ? make('p', { class: 'hint', text: waited }) : null,
    steps ? steps(task.id) : null,
    ...frames,
  );
}

/** @param hidden frames: the engine tells both ends of a deep stack */
function hiddenText(hidden: number) {
  return `${count(hidden)} more frame${hidden === 1 ? ' is' : 's are'} not shown, first those in the middle.`;
}

/**
 * How long it waited for a worker whenever it could run.
 *
 * @param step of the clock
 */
function readyText({ turns, readyToRunning: last, longestReadyToRunning: longest }: Task, step: number) {
  if (!turns || typeof last !== 'number' || typeof longest !== 'number') return null;
  const most = turns > 1 ? `, at most ${duration(longest, step)}` : '';
  return `${plural(turns, 'turn')} on a worker; from ready to running ${duration(last, step)} at the last${most}.`;
}

function frameOf(task: Task, frame: Frame, depth: number, { showLine, follow }: Ways) {
  const values = [
    ...frame.locals,
    ...frame.operands.map((operand, i) => ({ name: `operand ${i}`, ...operand })),
  ];
  const rows = values.map(({ name, value, object }) => {
    const shown = follow ? valueOf(value, object, follow) : value;
    return make('tr', {}, make('th', { scope: 'row', text: name }), make('td', { class: 'code' }, shown));
  });
  const { line } = frame;
  const place = line === null ? `instruction ${frame.instruction}` : `line ${line}`;
  const title = `${frame.function}, ${place}`;
  const heading =
    line === null
      ? make('span', { text: title })
      : make('button', { type: 'button', class: 'link', onclick: () => showLine(line), text: title });
  const content =
    rows.length === 0
      ? make('p', { class: 'hint', text: 'No locals, and nothing on the operand stack.' })
      : table(
          `Locals and operand stack of frame ${depth} of task ${task.id}`,
          ['Name', 'Value'],
          make('tbody', {}, ...rows),
        );
  return make('div', { class: 'frame' }, make('h3', {}, heading), content);
}
