/**
 * The control worker: the instance that may block. It obeys the page's commands in order, ticks the
 * machine while a program runs, and asks for the automatic pauses.
 */

import * as glue from '../../pkg/safepoint_lab.js';
import { Refused, answer, unwrap } from './answering.ts';
import { ALL_TICKETS } from './cancellation.ts';
import { THREAD_STACK_BYTES } from './memory-plan.ts';
import { isWide } from './wide.ts';
import type { Commands, ControlInit, Exports, News, Notice } from './messages.ts';
import type { Layout, Pause, Reason, SnapshotDescription } from '../run/types.ts';

const wasm = glue as unknown as Exports;

/** Slices end, timers wake and news travel at this rate. */
const TICK_MS = 5;
/** What the workers do is told at this one. */
const SCHEDULE_MS = 250;

let memory: WebAssembly.Memory;
let cancelled: Uint32Array;
let layout: Layout | null = null;
let ticker: ReturnType<typeof setInterval> | undefined;
let teller: ReturnType<typeof setInterval> | undefined;
let automatic: { reason: Reason; everyMs: number } | null = null;
let automaticTimer: ReturnType<typeof setTimeout> | undefined;
/** Whether code of this run is being compiled; for good if that has failed. */
let compiling = false;
/** Whether the page holds the world. */
let held = false;

/**
 * Clears the cancel flag for a pause, unless the pause was cancelled while its command was under way. The
 * page raises `cancelled` before the cancel flag: either the second check sees the ticket, or the flag is
 * set after it was cleared here and the engine sees it.
 */
function admit(ticket: number) {
  const isCancelled = () => Atomics.load(cancelled, 0) >= ticket;
  if (!isCancelled() && layout) Atomics.store(new Uint32Array(memory.buffer), layout.cancel.flag / 4, 0);
  if (isCancelled()) throw new Refused({ kind: 'cancelled', message: 'The pause was cancelled.' });
}

const currentStats = () => JSON.parse(wasm.stats());

const commands: {
  [Name in keyof Commands]: (
    ...args: Parameters<Commands[Name]>
  ) => ReturnType<Commands[Name]> | Promise<void>;
} = {
  start(init: ControlInit) {
    memory = init.memory;
    cancelled = init.cancelled;
    glue.initSync({ module: init.module, memory, thread_stack_size: THREAD_STACK_BYTES });
    wasm.init_engine(init.cores, isWide());
  },
  pool: (workers) => wasm.initThreadPool(workers),
  load: ({ module, text }) => wasm.take_program(module, text),
  run(options) {
    unwrap(wasm.run(options));
    return begun();
  },
  restore(bytes, options, { module, text }) {
    const { snapshot }: { snapshot: SnapshotDescription } = unwrap(
      wasm.restore(bytes, options, module, text),
    );
    return { layout: begun(), snapshot };
  },
  pause(reason, ticket) {
    admit(ticket);
    const pause: Pause = unwrap(wasm.pause(reason, 'page'));
    held = true;
    return pause;
  },
  resume() {
    held = false;
    const pause = JSON.parse(wasm.resume());
    tick();
    return { pause, stats: currentStats() };
  },
  cycle(reason, ticket) {
    admit(ticket);
    const pause: Pause = unwrap(wasm.cycle(reason, 'page'));
    tick();
    return { pause, stats: currentStats() };
  },
  handshake: (worker) => unwrap(wasm.handshake(worker)),
  breakpoint: (options) => unwrap(wasm.breakpoint(options)),
  clearBreakpoints: (id) => unwrap(wasm.clear_breakpoints(id ?? undefined)),
  breakpoints: () => JSON.parse(wasm.breakpoints()),
  breakOnTrap: (on) => unwrap(wasm.break_on_trap(on)),
  tasks: () => unwrap(wasm.tasks()),
  step: (task, kind) => unwrap(wasm.step(task, kind)),
  object: (reference, from, count) => unwrap(wasm.object(reference, from, count)),
  stop() {
    held = false;
    wasm.stop();
  },
  automatic(setting) {
    automatic = setting;
    scheduleAutomatic();
  },
  timeouts: (warn, deadline) => wasm.set_timeouts(warn ?? undefined, deadline ?? undefined),
  hits: () => wasm.hits(),
  snapshotBytes: () => wasm.snapshot_bytes(),
  installCode(machine, module, entries, frames) {
    compiling = false;
    wasm.install_code(machine, module, entries, frames);
  },
};

/** A run has begun. */
function begun() {
  held = false;
  compiling = false;
  const { now, ...rest } = JSON.parse(wasm.layout());
  const zero = performance.timeOrigin + performance.now() - now / 1000;
  const found: Layout = (layout = { ...rest, zero });
  clearInterval(ticker);
  ticker = setInterval(tick, TICK_MS);
  clearInterval(teller);
  teller = setInterval(tellSchedule, SCHEDULE_MS);
  scheduleAutomatic();
  return found;
}

/** Tells what is new. A pause that is over is told so, once, and before the holder that released it has an answer. */
function tick() {
  const record = wasm.tick();
  askToCompile();
  if (record === undefined) return;
  const news: News = JSON.parse(record);
  if (news.held) held = true;
  if (news.finished) {
    clearInterval(ticker);
    clearInterval(teller);
    tellSchedule();
    clearTimeout(automaticTimer);
  }
  const counted = news.pauses.length > 0 || news.handshakes.length > 0 || news.finished;
  const stats = counted ? currentStats() : null;
  say({ type: 'news', news, stats });
}

/** Not while something is compiled: what becomes hot meanwhile is wanted together. */
function askToCompile() {
  const wanted = compiling ? undefined : wasm.wanted_code();
  if (wanted === undefined) return;
  const [program, text] = wanted;
  compiling = true;
  say({ type: 'compile', program, wanted: JSON.parse(text) });
}

function tellSchedule() {
  say({ type: 'schedule', schedule: JSON.parse(wasm.schedule()), stats: currentStats() });
}

function scheduleAutomatic() {
  clearTimeout(automaticTimer);
  if (automatic) automaticTimer = setTimeout(automaticPause, automatic.everyMs);
}

function automaticPause() {
  if (!automatic || !layout) return;
  const began = performance.now();
  try {
    if (!held) {
      admit(Math.min(Atomics.load(cancelled, 0) + 1, ALL_TICKETS));
      // Its record arrives with the next tick, like that of a pause which a worker asked for.
      unwrap(wasm.cycle(automatic.reason, 'timer'));
    }
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    if (thrown.error.kind === 'not-running') return;
    if (thrown.error.kind === 'timed-out') say({ type: 'timed-out', error: thrown.error });
  }
  automaticTimer = setTimeout(automaticPause, Math.max(0, automatic.everyMs - (performance.now() - began)));
}

function say(notice: Notice) {
  self.postMessage(notice);
}

answer(commands);
