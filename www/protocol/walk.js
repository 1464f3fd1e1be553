/** A walk through a protocol: step by step, back again, and along the way to a fault. */
import { canMove, initial, lineOf, step } from './model.js';

/** @import { Line, Model, State } from './model.js' */
/** @import { Fault } from './search.js' */

/** @typedef {{ thread: number, says: string, wrong: boolean, state: State }} Taken a step, and where it led */

export class Walk {
  /** @type {Taken[]} */
  taken = [];
  /** Where it is to lead. @type {Fault | null} */
  goal = null;

  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.begin = initial(model);
  }

  /** @returns {State} */
  get state() {
    return this.taken.at(-1)?.state ?? this.begin;
  }

  /** @param {number} thread @returns {Line | null} what it does next; null when it is done */
  line(thread) {
    return lineOf(this.model, this.state, thread);
  }

  /** @param {number} thread */
  canMove(thread) {
    return canMove(this.model, this.state, thread);
  }

  /** Whether it is on the way to its goal, or there. */
  get onWay() {
    const { goal, taken } = this;
    return goal !== null && taken.every(({ thread }, i) => goal.steps[i] === thread);
  }

  /** Which thread moves next on the way; null off it and at its end. @returns {number | null} */
  get next() {
    return this.onWay ? (this.goal?.steps[this.taken.length] ?? null) : null;
  }

  /** @param {number} thread that can move */
  move(thread) {
    if (this.canMove(thread)) this.taken.push({ thread, ...step(this.model, this.state, thread) });
  }

  back() {
    this.taken.pop();
  }

  /** From the beginning, towards a fault if there is one. @param {Fault | null} goal */
  restart(goal) {
    this.taken = [];
    this.goal = goal;
  }
}
