/** What the debugger's pause shows: tasks, their frames, locals and operand stacks. */
import { plural } from '../data/format.js';
import { byId, make, table } from './dom.js';

/** @typedef {import('../engine/types.js').Task} Task */
/** @typedef {import('../engine/types.js').Frame} Frame */

/** Tasks and frames that are listed; a runaway recursion has many thousands. */
const MAX_TASKS = 200;
const MAX_FRAMES = 50;

/**
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} store
 * @param {(line: number) => void} showLine
 */
export function tasksView(store, showLine) {
  const box = byId('tasks');
  /** @type {import('../engine/types.js').Pause['outcome']} */
  let drawn = null;
  store.watch(['selected', 'recorded', 'recording', 'status', 'view'], ({ selected, recording, view }) => {
    const pause = selected === null || view === 'live' ? null : recording.pause(selected);
    const stacks = pause?.outcome?.kind === 'debug' ? pause.outcome : null;
    box.hidden = stacks === null;
    if (stacks === drawn) return;
    drawn = stacks;
    if (!pause || !stacks) return;
    const tasks = stacks.tasks.slice(0, MAX_TASKS);
    box.replaceChildren(
      make(
        'div',
        { class: 'head' },
        make('h2', { text: 'Tasks' }),
        make('small', { text: `${plural(stacks.tasks.length, 'task')} at pause ${pause.id}` }),
      ),
      ...tasks.map((task, i) => taskOf(task, i === 0, showLine)),
    );
    if (stacks.tasks.length > MAX_TASKS)
      box.append(make('p', { class: 'hint', text: `and ${stacks.tasks.length - MAX_TASKS} more tasks` }));
  });
}

/**
 * @param {Task} task
 * @param {boolean} open
 * @param {(line: number) => void} showLine
 */
function taskOf(task, open, showLine) {
  const top = task.frames[0];
  const where = top ? `${top.function}${top.line === null ? '' : `, line ${top.line}`}` : '';
  const said = [
    task.state,
    task.worker === null ? null : `worker ${task.worker}`,
    task.waiting,
    where,
  ].filter(Boolean);
  const frames = task.frames.slice(0, MAX_FRAMES).map((frame, i) => frameOf(task, frame, i, showLine));
  if (task.frames.length > MAX_FRAMES)
    frames.push(make('p', { class: 'hint', text: `and ${task.frames.length - MAX_FRAMES} more frames` }));
  return make(
    'details',
    { class: 'task', open },
    make('summary', {}, make('b', { text: `Task ${task.id}` }), ` ${said.join(' · ')}`),
    ...frames,
  );
}

/**
 * @param {Task} task
 * @param {Frame} frame
 * @param {number} depth
 * @param {(line: number) => void} showLine
 */
function frameOf(task, frame, depth, showLine) {
  const body = make('tbody');
  for (const { name, value } of frame.locals) {
    body.append(
      make('tr', {}, make('th', { scope: 'row', text: name }), make('td', { class: 'code', text: value })),
    );
  }
  frame.operands.forEach((value, i) => {
    body.append(
      make(
        'tr',
        {},
        make('th', { scope: 'row', text: `operand ${i}` }),
        make('td', { class: 'code', text: value }),
      ),
    );
  });
  const { line } = frame;
  const place = line === null ? `instruction ${frame.instruction}` : `line ${line}`;
  const title = `${frame.function}, ${place}`;
  const heading =
    line === null
      ? make('span', { text: title })
      : make('button', { type: 'button', class: 'link', onclick: () => showLine(line), text: title });
  const content =
    body.childElementCount === 0
      ? make('p', { class: 'hint', text: 'No locals, and nothing on the operand stack.' })
      : table(`Locals and operand stack of frame ${depth} of task ${task.id}`, ['Name', 'Value'], body);
  return make('div', { class: 'frame' }, make('h3', {}, heading), content);
}
