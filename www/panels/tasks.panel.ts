/** What the debugger's pause shows: tasks, their frames, locals and operand stacks, and the steps of one of them. */
import { count, duration, plural } from '../words/format.ts';
import { currentTask, heldPause, placeText, tasksOf } from '../app/standing.ts';
import { WatchedObject, localOf, valuesOf } from '../app/watched-object.ts';
import { isAssembler } from '../run/language-of.ts';
import { byId, fill, make, setText, table, words } from './dom.ts';
import { objectView } from './object.ts';
import { valueOf, wasText } from './values.ts';
import type { Frame, Task } from '../run/types.ts';
import type { Commands } from '../app/commands.ts';
import type { Page } from './page.ts';

/** What of the list is asked for beside the tasks. */
type Asked = {
  /** ids of those whose frames are shown */
  unfolded: Set<number>;
  /** that steps move; null where none can be moved */
  current: number | null;
  /** the tasks before the last step, to compare with */
  before: Task[] | null;
  /** of the clock */
  step: number;
};

/** Tasks and frames that are listed; a runaway recursion has many thousands. */
const MAX_TASKS = 200;
const MAX_FRAMES = 50;
const INVITATION = ': the world stops, and each task is listed with its frames, locals and operands.';

export function panel({ store, lab, commands, showRan }: Page) {
  const watched = new WatchedObject(store, lab);
  objectView(store, watched);
  const box = byId('task-list');
  /** What is shown: tasks, whether they can be stepped, which one steps move, and what is said. */
  let drawn: unknown[] = [];
  /** The pause whose tasks are listed, and they. */
  let listed: number | null = null;
  let tasks: Task[] = [];
  /** The task that steps moved. */
  let moved: number | null = null;
  steps(commands);
  store.watch((state) => {
    const { selected, recording, view, stepped } = state;
    const pause = selected === null || view === 'live' ? null : recording.pause(selected);
    const all = pause && tasksOf(state, pause);
    const isHeld = pause !== null && heldPause(state)?.id === pause.id;
    const current = all && isHeld ? currentTask(state, pause, all) : null;
    const said =
      (isHeld && stepped?.pause === pause.id ? stepped.message : null) ?? pause?.halt?.text ?? null;
    const now = [all, isHeld, current, said];
    if (drawn.length > 0 && now.every((part, i) => part === drawn[i])) return;
    drawn = now;
    showSteps(current, state.run?.program?.source ?? '');
    setText(byId('tasks-title'), pause && all ? `${plural(all.length, 'task')} at pause ${pause.id}` : '');
    if (!pause || !all) {
      fill(box, make('p', { class: 'none' }, 'Press ', make('b', { text: 'Debug' }), INVITATION));
      return;
    }
    const isStill = pause.id === listed;
    // The task that stopped the world is the one that is shown.
    const first = pause.halt?.task ?? currentTask(state, pause, all);
    const unfolded = isStill ? openTasks(box) : new Set(first === null ? [] : [first]);
    // One that is chosen is unfolded; the user may fold it again.
    if (isStill && current !== null && current !== moved) unfolded.add(current);
    moved = current;
    const asked = { unfolded, current, before: isStill && isHeld ? tasks : null, step: state.step };
    listed = pause.id;
    tasks = all;
    fill(
      box,
      ...(said ? [make('p', { class: 'hint', text: said })] : []),
      ...all.slice(0, MAX_TASKS).map((task) => taskOf(task, asked)),
      ...(all.length > MAX_TASKS
        ? [make('p', { class: 'hint', text: `and ${all.length - MAX_TASKS} more tasks` })]
        : []),
    );
  });
  box.addEventListener('click', ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    if (!button) return;
    const { line, object, name = '', step } = button.dataset;
    if (line) showRan(Number(line));
    if (step) commands.choose(Number(step));
    const task = tasks.find(({ id }) => id === Number(taskIn(button)));
    if (!object || !task) return;
    const local = localOf(task, Number(button.closest<HTMLElement>('.frame')?.dataset.frame), name);
    const text = `task ${local.task}, ${local.function}, ${name}`;
    watched.start({ reference: Number(object), from: 0, text, by: 'local', local });
  });
}

/** The buttons stay where they are while tasks come and go. */
function steps(commands: Commands) {
  for (const kind of ['into', 'over', 'out', 'instruction'] as const)
    byId(`step-${kind}`).addEventListener('click', () => void commands.step(kind));
}

/**
 * @param task that they move
 * @param source of its program
 */
function showSteps(task: number | null, source: string) {
  // In assembler each instruction is a step anyway.
  byId('step-instruction').hidden = isAssembler(source.split('\n', 1000));
  const box = byId('steps');
  setText(byId('steps-of'), task === null ? '' : `Task ${task}`);
  box.setAttribute('aria-label', `Steps of task ${task}`);
  // The focus stays in this part of the page.
  if (task === null && box.contains(document.activeElement)) byId('tab-tasks').focus();
  box.hidden = task === null;
}

/** @returns ids of the tasks whose frames are shown */
function openTasks(box: HTMLElement): Set<number> {
  return new Set([...box.querySelectorAll('details.task[open]')].map((task) => Number(taskIn(task))));
}

function taskIn(element: Element) {
  return element.closest('.task')?.getAttribute('data-task');
}

function taskOf(task: Task, { unfolded, current, before, step }: Asked) {
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
    task.id === current ? 'steps move it' : null,
  ].filter(Boolean);
  const waited = readyText(task, step);
  const earlier = before?.find(({ id }) => id === task.id);
  const frames = task.frames
    .slice(0, MAX_FRAMES)
    .map((frame, i) => frameOf(task, frame, i, { current, earlier }));
  const hidden = task.frames.length - frames.length + (task.framesOmitted ?? 0);
  if (hidden > 0) frames.push(make('p', { class: 'hint', text: hiddenText(hidden) }));
  const choice = make('button', { type: 'button', 'data-step': task.id, text: `Step task ${task.id}` });
  return make(
    'details',
    { class: 'task', open: unfolded.has(task.id), 'data-task': task.id, 'data-row': `task ${task.id}` },
    make('summary', {}, make('b', { text: `Task ${task.id}` }), ' ', ...words(said.join(' · '))),
    current === null || current === task.id ? null : make('div', { class: 'row steps' }, choice),
    ...frames,
    waited ? make('p', { class: 'hint', text: waited }) : null,
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

/** @param earlier the task before the last step */
function frameOf(
  task: Task,
  frame: Frame,
  depth: number,
  { current, earlier }: { current: number | null; earlier: Task | undefined },
) {
  const then = earlier && earlier !== task ? sameFrame(task, depth, earlier) : undefined;
  const before = new Map(then && valuesOf(then).map(({ name, value }) => [name, value]));
  const rows = valuesOf(frame).map(({ name, value, object }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row', text: name }),
      make(
        'td',
        { class: 'code' },
        // Objects can be looked at as long as no worker runs.
        valueOf(name, value, current === null ? null : object),
        wasText(before.get(name), value),
      ),
    ),
  );
  const { line } = frame;
  const title = placeText(frame);
  const heading =
    line === null
      ? make('span', { text: title })
      : make('button', { type: 'button', class: 'link', 'data-line': line, text: title });
  const content =
    rows.length === 0
      ? make('p', { class: 'hint', text: 'No locals, and nothing on the operand stack.' })
      : table(
          `Locals and operand stack of frame ${depth} of task ${task.id}`,
          ['Name', 'Value'],
          make('tbody', {}, ...rows),
        );
  return make('div', { class: 'frame', 'data-frame': depth }, make('h3', {}, heading), content);
}

/** The frame that stood as deep before; of a stack that is not known as a whole there is none. */
function sameFrame(task: Task, depth: number, earlier: Task): Frame | undefined {
  if (task.framesOmitted || earlier.framesOmitted) return undefined;
  const frame = earlier.frames.at(depth - task.frames.length);
  return frame &&
    frame.function === task.frames[depth]?.function &&
    earlier.frames.length >= task.frames.length - depth
    ? frame
    : undefined;
}
