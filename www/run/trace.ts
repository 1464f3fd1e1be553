/**
 * A run in the Trace Event format, which Perfetto and the browser's own profiler open. Times are
 * microseconds since the engine's start. One row holds the pauses with their parts, one row each worker:
 * its tasks, where it stood still, and as instants when it arrived and when it ran again.
 *
 * The format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */

import { WorkerReading } from './reading.ts';
import { PARTS, instants, isCompleted } from './pause-parts.ts';
import type { Pause, Program, RunEvent, Trace, TraceEvent } from './types.ts';

const PROCESS = 1;
/** The row of the pauses; worker `n` has row `n + 1`. */
const PAUSES = 0;

export function traceOf({
  program,
  workers,
  pauses,
  events,
  missing,
  clockStep,
}: {
  program: Program | null;
  workers: number;
  /** oldest first */
  pauses: Pause[];
  /** hands over those that are kept */
  events: (callback: (event: RunEvent) => void) => void;
  /** events that are not */
  missing: number;
  /** microseconds */
  clockStep: number;
}): Trace {
  const spans = new Rows(workers, program?.functions ?? []);
  events((event) => spans.event(event));
  spans.end();
  const { rows, list } = pauseEvents(pauses, workers);
  const timed = [...spans.list, ...list].sort(
    (a, b) => (a.ts ?? 0) - (b.ts ?? 0) || (b.dur ?? 0) - (a.dur ?? 0),
  );
  const name = program?.name || 'a program';
  return {
    displayTimeUnit: 'ms',
    otherData: { program: name, workers, clock_step_us: clockStep, events_missing: missing },
    traceEvents: [
      meta('process_name', PAUSES, { name: `Safepoint Lab: ${name}` }),
      ...rowNames(workers, rows).flatMap(([row, text]) => [
        meta('thread_name', row, { name: text }),
        meta('thread_sort_index', row, { sort_index: row }),
      ]),
      ...timed,
    ],
  };
}

/** @param rows of pauses */
function rowNames(workers: number, rows: number): [number, string][] {
  return [
    [PAUSES, 'pauses'],
    ...Array.from({ length: workers }, (_, n) => [n + 1, `worker ${n}`] as [number, string]),
    ...Array.from(
      { length: rows - 1 },
      (_, n) => [workers + 1 + n, 'pauses that overlap'] as [number, string],
    ),
  ];
}

function meta(name: string, tid: number, args: Record<string, string | number>): TraceEvent {
  return { ph: 'M', name, pid: PROCESS, tid, args };
}

/** What the events say of each worker, as spans. They nest: a task holds its stops and safe regions. */
class Rows {
  list: TraceEvent[] = [];
  /** What each worker is in the middle of, outermost first. */
  #open: TraceEvent[][];
  #functions;
  #latest = 0;
  #workers: WorkerReading[];

  /** @param functions their names */
  constructor(workers: number, functions: string[]) {
    this.#open = Array.from({ length: workers }, () => []);
    this.#workers = Array.from({ length: workers }, () => new WorkerReading());
    this.#functions = functions;
  }

  event(event: RunEvent) {
    const { kind, worker, time, task, pause } = event;
    this.#latest = Math.max(this.#latest, time);
    if (worker < 0) {
      if (kind === 'timed-out' || kind === 'cancelled' || kind === 'warned')
        this.#instant(PAUSES, kind.replace('-', ' '), time, { pause });
      // On the row of the worker that came to a poll.
      if (kind === 'handshake' && event.detail > 0)
        this.#instant(event.detail, 'handshake', time, {
          by: task === 0 ? 'page' : (this.#functions[event.function] ?? `task ${task}`),
        });
      return;
    }
    const reading = this.#workers[worker];
    reading?.accept(event);
    switch (kind) {
      case 'task-start':
        this.#begin(worker, 'task', this.#functions[event.function] ?? `task ${task}`, time, { task });
        break;
      case 'task-stop':
        this.#finish(worker, 'task', time);
        break;
      case 'idle-begin':
        this.#begin(worker, 'idle', 'idle', time, {});
        break;
      case 'idle-end':
        this.#finish(worker, 'idle', time);
        break;
      case 'safe-enter':
        this.#begin(worker, 'safe', 'in a safe region', time, {});
        break;
      case 'safe-leave':
        this.#finish(worker, 'safe', time);
        break;
      case 'arrived':
        if (reading?.stopped) this.#begin(worker, 'stopped', 'stopped', time, { pause });
        break;
      case 'resumed':
        this.#finish(worker, 'stopped', time);
        break;
      case 'died':
        this.#instant(worker + 1, 'died', time, {});
        break;
      default:
    }
    if (reading?.ran && reading.after > 0)
      this.#instant(worker + 1, 'first instruction', time, { pause: reading.after });
  }

  /** What goes on at the end of what is known. */
  end() {
    for (const open of this.#open)
      for (const span of open) this.#close(span, Math.max(this.#latest, span.ts ?? 0), { unfinished: true });
  }

  #begin(worker: number, cat: string, name: string, ts: number, args: Record<string, unknown>) {
    // The end of one of the same kind was lost, or it was taken over.
    this.#finish(worker, cat, ts);
    this.#open[worker]?.push({ ph: 'X', cat, name, pid: PROCESS, tid: worker + 1, ts, args });
  }

  #finish(worker: number, cat: string, time: number) {
    const open = this.#open[worker];
    const index = open?.findLastIndex((span) => span.cat === cat) ?? -1;
    if (!open || index < 0) return;
    // Inner ones end with the outer one, or the spans would not nest.
    for (const span of open.splice(index).reverse()) this.#close(span, time, {});
  }

  #close(span: TraceEvent, time: number, more: Record<string, unknown>) {
    span.dur = Math.max(0, time - (span.ts ?? time));
    Object.assign(span.args ?? {}, more);
    this.list.push(span);
  }

  #instant(tid: number, name: string, ts: number, args: Record<string, unknown>) {
    this.list.push({ ph: 'i', s: 't', cat: 'safepoint', name, pid: PROCESS, tid, ts, args });
  }
}

function pauseEvents(pauses: Pause[], workers: number) {
  const list: TraceEvent[] = [];
  /** When each row of pauses is free again: one that took the world over from another overlaps it. */
  const free = [-Infinity];
  for (const pause of pauses) {
    const { armed, stopped, noticed, done, release, released } = instants(pause);
    const end = released ?? release ?? done ?? noticed ?? stopped;
    let row = free.findIndex((time) => time <= armed);
    if (row < 0) row = free.push(end) - 1;
    else free[row] = end;
    const tid = row === 0 ? PAUSES : workers + row;
    const { id, reason, by, program, ended, total, wasted, sentence } = pause;
    const span = (name: string, ts: number, dur: number, args = {}) =>
      list.push({ ph: 'X', cat: 'pause', name, pid: PROCESS, tid, ts, dur, args });
    const args = Object.fromEntries(PARTS.map((part) => [part, pause[part]]));
    span(reason, armed, end - armed, { id, by, program, ended, ...args, total, wasted, sentence });
    span(isCompleted(pause) ? 'time to safepoint' : 'waited in vain', armed, pause.ttsp, { pause: id });
    const part = (name: string, from: number | null, to: number | null, args = {}) => {
      if (from !== null && to !== null) span(name, from, to - from, { pause: id, ...args });
    };
    part('noticing', noticed && stopped, noticed);
    part('operation', noticed, done, figures(pause));
    part('held', done, release);
    part('release', release, release && released);
    if (pause.queue > 0) {
      // It overlaps the pause before it: an event of its own kind, which may.
      const asynchronous = { cat: 'queue', name: `queue of ${reason}`, pid: PROCESS, tid, id };
      list.push({ ph: 'b', ts: pause.at, args: { pause: id }, ...asynchronous });
      list.push({ ph: 'e', ts: armed, ...asynchronous });
    }
    for (const { worker, after, safe, site, instructions, since_poll } of pause.arrivals) {
      if (safe) continue;
      const args = { pause: id, after, site: site?.text ?? null, instructions, since_poll };
      list.push({
        ph: 'i',
        s: 't',
        cat: 'safepoint',
        name: 'arrived',
        pid: PROCESS,
        tid: worker + 1,
        ts: armed + after,
        args,
      });
    }
    if (pause.outcome?.kind === 'gc') {
      const heap = (ts: number, bytes: number) =>
        list.push({ ph: 'C', name: 'heap', pid: PROCESS, tid: PAUSES, ts, args: { bytes } });
      heap(stopped, pause.outcome.before);
      heap(end, pause.outcome.after);
    }
  }
  return { list, rows: free.length };
}

/** What the operation did, but not everything it saw. */
function figures({ outcome }: Pause) {
  if (outcome?.kind === 'gc') return outcome;
  if (outcome?.kind === 'snapshot') return { size: outcome.size };
  return {};
}
