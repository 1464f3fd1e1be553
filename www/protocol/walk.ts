/** A walk through a protocol: step by step, back again, and along the way to a fault. */
import { canMove, initial, lineOf, step } from './model.ts';
import type { Line, Model, State } from './model.ts';
import type { Fault } from './search.ts';

/** a step, and where it led */
type Taken = { thread: number; says: string; wrong: boolean; state: State };

export class Walk {
  model;
  begin;

  taken: Taken[] = [];
  /** Where it is to lead. */
  goal: Fault | null = null;

  constructor(model: Model) {
    this.model = model;
    this.begin = initial(model);
  }

  get state(): State {
    return this.taken.at(-1)?.state ?? this.begin;
  }

  /** @returns what it does next; null when it is done */
  line(thread: number): Line | null {
    return lineOf(this.model, this.state, thread);
  }

  canMove(thread: number) {
    return canMove(this.model, this.state, thread);
  }

  /** Whether it is on the way to its goal, or there. */
  get onWay() {
    const { goal, taken } = this;
    return goal !== null && taken.every(({ thread }, i) => goal.steps[i] === thread);
  }

  /** Which thread moves next on the way; null off it and at its end. */
  get next(): number | null {
    return this.onWay ? (this.goal?.steps[this.taken.length] ?? null) : null;
  }

  /** @param thread that can move */
  move(thread: number) {
    if (this.canMove(thread)) this.taken.push({ thread, ...step(this.model, this.state, thread) });
  }

  back() {
    this.taken.pop();
  }

  /** From the beginning, towards a fault if there is one. */
  restart(goal: Fault | null) {
    this.taken = [];
    this.goal = goal;
  }
}
