/**
 * One object that is watched while the world stands still: read again after every step, beside what it was before.
 * Within a pause it is the same object, by its reference. Workers that have run may have put another object wherever
 * it was, so in the next pause the way that led to it is gone again.
 */
import { heldPause, tasksOf } from './standing.ts';
import { isLive } from './page-state.ts';
import type { Frame, HeapObject, Named, Pause, Task } from '../run/types.ts';
import type { Lab } from '../engine/lab.ts';
import type { PageState } from './page-state.ts';
import type { Recording } from '../run/recording.ts';
import type { Store } from './store.ts';

/** Fields or elements that are shown at a time. */
export const PAGE = 100;

/** Where a task has the reference: the frame is counted from the outermost, null where frames in between are not known. */
export type Local = { task: number; function: string; level: number | null; name: string };
/** A step on the way: from a task's local or operand, then from a field, or to what refers to it. */
export type Link = { reference: number; from: number; text: string } & (
  { by: 'local'; local: Local } | { by: 'field'; index: number } | { by: 'holder' }
);

export interface Watched {
  /** how it was reached, the local first */
  way: Link[];
  /** as it was read last; null where it could never be read */
  object: HeapObject | null;
  /** as it was read the time before; null where that is of no use */
  before: HeapObject | null;
  /** in which it was read */
  pause: number;
  /** whether what is shown is not, or perhaps not, what the world has now */
  isOld: boolean;
  /** why it is old, or what else is to be known */
  said: string;
}

/** The stopped world in which it was read, and what may have changed it since. */
type Moment = { recording: Recording; pause: number; tasks: Task[] | null; outcome: Pause['outcome'] };

export class WatchedObject {
  #store;
  #lab;
  #read: Moment | null = null;
  /** How often something may have changed it. */
  #turn = 0;
  /** Whether it was gone at that moment: in the same pause it does not come back, whatever is at its place. */
  #isGone = false;

  constructor(store: Store<PageState>, lab: Pick<Lab, 'object'>) {
    this.#store = store;
    this.#lab = lab;
    store.on(['status', 'recording', 'stepped'], () => void this.#follow());
  }

  /** Watches what a local or an operand refers to. */
  start(link: Link) {
    void this.#go([link]);
  }

  /** On to what a field refers to, or to what refers to it. */
  enter(link: Link) {
    void this.#go([...this.#way, link]);
  }

  /** @param steps of the way that stay */
  back(steps: number) {
    void this.#go(this.#way.slice(0, steps));
  }

  /** @param from the first entry that is shown */
  turn(from: number) {
    const last = this.#way.at(-1);
    if (last) void this.#go([...this.#way.slice(0, -1), { ...last, from }]);
  }

  close() {
    this.#store.set({ watched: null });
  }

  get #way() {
    return this.#store.state.watched?.way ?? [];
  }

  /** To the object at the end of another way. */
  async #go(way: Link[]) {
    const { watched } = this.#store.state;
    const now = this.#now();
    if (!now || way.length === 0) return;
    this.#read = now;
    this.#isGone = false;
    const isSame = watched?.way.at(-1)?.reference === way.at(-1)?.reference;
    const object = isSame ? (watched?.object ?? null) : null;
    this.#store.set({ watched: { way, object, before: null, pause: now.pause, isOld: false, said: '' } });
    await this.#look(way, now, null, '');
  }

  /** @returns null while a worker may run */
  #now(): Moment | null {
    const { state } = this.#store;
    const pause = heldPause(state);
    if (!pause) return null;
    const { recording } = state;
    return { recording, pause: pause.id, tasks: tasksOf(state, pause), outcome: pause.outcome };
  }

  /** Reads it again once something may have changed it. */
  async #follow() {
    const turn = ++this.#turn;
    const { watched, status } = this.#store.state;
    if (!watched) return;
    const now = this.#now();
    if (!now) {
      this.#old(watched.way, isLive(status) ? 'The world runs on.' : 'The run has ended.');
      return;
    }
    const then = this.#read;
    if (then?.recording !== now.recording || then.pause !== now.pause) {
      await this.#findAgain(watched, now, turn);
      return;
    }
    this.#read = now;
    const isSame = then.tasks === now.tasks && then.outcome === now.outcome;
    if (!this.#isGone && (!isSame || watched.isOld)) await this.#look(watched.way, now, watched.object, '');
  }

  /** Goes the way anew, after workers have run; after each step until it leads somewhere. */
  async #findAgain({ way, object }: Watched, now: Moment, turn: number) {
    if (!now.tasks) {
      this.#old(way, `The tasks were not looked at in pause ${now.pause}: press Debug to read it again.`);
      return;
    }
    const found: Link[] = [];
    for (const link of way) {
      const reference = await this.#next(link, found.at(-1)?.reference, now.tasks).catch(() => null);
      if (this.#way !== way || this.#turn !== turn) return;
      if (reference === null) {
        this.#old(
          way,
          link.by === 'holder'
            ? 'Workers have run since. What was found by what it refers to cannot be found again: choose it anew.'
            : `Workers have run since, and ${link.text} leads to no object now.`,
        );
        return;
      }
      found.push({ ...link, reference });
    }
    this.#read = now;
    this.#isGone = false;
    const isSame = found.at(-1)?.reference === way.at(-1)?.reference;
    const said = isSame ? '' : 'It is another object than before: the way to it leads to this one now.';
    this.#store.set({ watched: { way: found, object, before: null, pause: now.pause, isOld: false, said } });
    await this.#look(found, now, isSame ? object : null, said);
  }

  /** @returns what the next step of the way leads to; null where that is nothing, or not known */
  async #next(link: Link, from: number | undefined, tasks: Task[]): Promise<number | null> {
    if (link.by === 'local') return referenceOf(link.local, tasks);
    if (link.by === 'holder' || from === undefined) return null;
    const { entries } = await this.#lab.object(from, { from: link.index, count: 1 });
    return entries[0]?.name === link.text ? entries[0].object : null;
  }

  /** @param before to compare it with */
  async #look(way: Link[], { pause, recording }: Moment, before: HeapObject | null, said: string) {
    const { reference, from } = way.at(-1) as Link;
    const [object, problem] = await this.#lab.object(reference, { from, count: PAGE }).then(
      (read) => [read, ''] as const,
      (thrown: unknown) => [null, thrown instanceof Error ? thrown.message : String(thrown)] as const,
    );
    const { watched } = this.#store.state;
    const here = this.#now();
    const isNow = here?.pause === pause && here.recording === recording;
    // The user is elsewhere, or it was found to be gone meanwhile.
    if (watched?.way !== way || !isNow || this.#isGone) return;
    if (!object || (before && !isAlike(before, object))) {
      this.#isGone = true;
      this.#old(way, problem || `Another object is at @${reference} now: this one was collected.`);
      return;
    }
    const isSamePart = before?.from === object.from;
    this.#store.set({
      watched: { way, object, before: isSamePart ? before : null, pause, isOld: false, said },
    });
  }

  /** What is shown stays, as what was seen last. */
  #old(way: Link[], why: string) {
    const { watched } = this.#store.state;
    if (watched?.way !== way) return;
    const read = watched.object ? ` What is shown was read at pause ${watched.pause}.` : '';
    if (watched.isOld && watched.said === why + read) return;
    this.#store.set({ watched: { ...watched, before: null, isOld: true, said: why + read } });
  }
}

/** Whether it can be the same one: its kind, shape and size never change, but for the size of a list. */
function isAlike(before: HeapObject, now: HeapObject) {
  const isAsLarge = before.bytes === now.bytes && before.length === now.length;
  return before.kind === now.kind && before.text === now.text && (isAsLarge || now.kind === 'list');
}

/** @returns null where the local holds no reference, or is not known to be there */
function referenceOf({ task, function: name, level, name: local }: Local, tasks: Task[]): number | null {
  const found = tasks.find(({ id }) => id === task);
  if (!found || level === null || found.framesOmitted) return null;
  const frame = found.frames.at(-1 - level);
  if (!frame || frame.function !== name) return null;
  return valuesOf(frame).find((value) => value.name === local)?.object ?? null;
}

/** What a frame holds: its locals, then its operands, by their number. */
export function valuesOf({ locals, operands }: Frame): Named[] {
  return [...locals, ...operands.map((operand, i) => ({ name: `operand ${i}`, ...operand }))];
}

/** The local of a task's frame. */
export function localOf(task: Task, depth: number, name: string): Local {
  const level = task.framesOmitted ? null : task.frames.length - 1 - depth;
  return { task: task.id, function: task.frames[depth]?.function ?? '', level, name };
}
