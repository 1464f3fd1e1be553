/** Looks at every order in which the threads of a model can move. */
import { canMove, initial, step } from './model.ts';
import type { Model, State } from './model.ts';

/** More states than any model here has. */
const MOST = 200_000;

export interface Fault {
  /** `ran`: it worked in a stopped world. `stuck`: whatever the others do, it never moves again */
  kind: 'ran' | 'stuck';
  thread: number;
  /** which thread moves, step by step: no shorter way leads there */
  steps: number[];
}

export interface Found {
  /** that can be reached */
  states: number;
  /** the nearest of each kind */
  faults: Fault[];
}

type Node = { state: State; from: number; by: number; next: number[] };

export function search(model: Model): Found {
  const begin = initial(model);
  /** In the order of their distance from the beginning. */
  const nodes: Node[] = [{ state: begin, from: -1, by: -1, next: [] }];
  const known = new Map([[keyOf(begin), 0]]);
  let ran: Fault | null = null;
  for (let n = 0; n < nodes.length; n += 1) {
    const node = nodes[n];
    model.threads.forEach((_, thread) => {
      if (!canMove(model, node.state, thread)) return;
      const { state, wrong } = step(model, node.state, thread);
      if (wrong) ran ??= { kind: 'ran', thread, steps: [...wayTo(nodes, n), thread] };
      const key = keyOf(state);
      let to = known.get(key);
      if (to === undefined) {
        to = nodes.push({ state, from: n, by: thread, next: [] }) - 1;
        if (to >= MOST) throw new Error(`the model has over ${MOST} states`);
        known.set(key, to);
      }
      node.next.push(to);
    });
  }
  const faults = [ran, stuck(model, nodes)].filter((fault) => fault !== null);
  return { states: nodes.length, faults: faults.sort((a, b) => a.steps.length - b.steps.length) };
}

/** The nearest state in which a thread waits for what can never come. */
function stuck(model: Model, nodes: Node[]): Fault | null {
  let nearest: Fault | null = null;
  model.threads.forEach(({ lines }, thread) => {
    const hopeful = closure(
      nodes,
      ({ state }) => canMove(model, state, thread) || state.at[thread] === lines.length,
    );
    const n = hopeful.indexOf(false);
    if (n < 0) return;
    const steps = wayTo(nodes, n);
    if (!nearest || steps.length < nearest.steps.length) nearest = { kind: 'stuck', thread, steps };
  });
  return nearest;
}

/** @returns for each node, whether some order leads from it to a goal */
function closure(nodes: Node[], isGoal: (node: Node) => boolean): boolean[] {
  const before = nodes.map(() => [] as number[]);
  nodes.forEach(({ next }, n) => next.forEach((to) => before[to]?.push(n)));
  const leads = nodes.map(isGoal);
  const open = [...leads.keys()].filter((n) => leads[n]);
  for (let n = open.pop(); n !== undefined; n = open.pop()) {
    for (const earlier of before[n] ?? []) {
      if (leads[earlier]) continue;
      leads[earlier] = true;
      open.push(earlier);
    }
  }
  return leads;
}

function wayTo(nodes: Node[], n: number): number[] {
  const way = [];
  for (let node = nodes[n]; node && node.from >= 0; node = nodes[node.from]) way.push(node.by);
  return way.reverse();
}

function keyOf({ memory, at }: State) {
  return `${at.join()} ${Object.values(memory).join()}`;
}
