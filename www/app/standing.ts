/** What the debugger shows of a world that stands still: its tasks, and the one of them that steps move. */
import type { Frame, Halt, Pause, Task } from '../run/types.ts';
import type { PageState } from './page-state.ts';

type Seen = Pick<PageState, 'status' | 'recording' | 'stepped'>;

/** @returns null while a worker may run */
export function heldPause({ status, recording }: Pick<Seen, 'status' | 'recording'>): Pause | null {
  return status === 'stopped' ? recording.held : null;
}

/** The tasks of a pause, as steps have left them; null where they were not looked at. */
export function tasksOf(state: Seen, pause: Pause): Task[] | null {
  const stepped =
    heldPause(state)?.id === pause.id && state.stepped?.pause === pause.id ? state.stepped : null;
  return stepped?.tasks ?? (pause.outcome?.kind === 'debug' ? pause.outcome.tasks : null);
}

/**
 * The task that steps move: the one that was stepped or chosen last, or that stopped the world, or the first that could
 * go on.
 */
export function currentTask({ stepped }: Pick<Seen, 'stepped'>, pause: Pause, tasks: Task[]): number | null {
  const chosen = stepped?.pause === pause.id ? stepped.task : pause.halt?.task;
  const ready = tasks.find(({ state }) => state === 'running' || state === 'runnable');
  return chosen ?? ready?.id ?? tasks[0]?.id ?? null;
}

/** Where the task stands that steps move: before that instruction. */
export type Standing = Pick<Frame & Halt, 'function' | 'instruction' | 'line'> & {
  task: number;
  isAsked: boolean;
};

/** @returns `isAsked`: the stop was for this task, or the user has moved or chosen it */
export function standing(state: Seen): Standing | null {
  const pause = heldPause(state);
  const tasks = pause && tasksOf(state, pause);
  const task = pause && currentTask(state, pause, tasks ?? []);
  if (task === null) return null;
  // Of a task that has ended nothing stands anywhere; one that stopped the world is told of also where no tasks are.
  const at = tasks ? tasks.find(({ id }) => id === task)?.frames[0] : pause?.halt;
  if (!at) return null;
  const isAsked = pause?.halt !== null || state.stepped?.pause === pause.id;
  return { task, function: at.function, instruction: at.instruction, line: at.line, isAsked };
}

/** Where a task stands, in words. */
export function whereText(tasks: Task[], task: number) {
  const frame = tasks.find(({ id }) => id === task)?.frames[0];
  return frame ? `Task ${task} is at ${placeText(frame)}.` : `Task ${task} has ended.`;
}

export function placeText({
  function: name,
  line,
  instruction,
}: Pick<Frame, 'function' | 'line' | 'instruction'>) {
  return `${name}, ${line === null ? `instruction ${instruction}` : `line ${line}`}`;
}
