/** A lab without workers: what its engine answers and tells, a test says. */
import { vi } from 'vitest';
import { Cancellation } from '../../www/engine/cancellation.ts';
import { Lab } from '../../www/engine/lab.ts';
import { noStats } from '../../www/run/recorder.ts';
import { heldPause, pauseOf } from './made.ts';
import type { Engine } from '../../www/engine/engine.ts';
import type { Engines, Listener } from '../../www/engine/engines.ts';
import type { LabError } from '../../www/engine/errors.ts';
import type { News } from '../../www/engine/messages.ts';
import type { Finished, LoadResult } from '../../www/run/types.ts';

export const POLICY = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };
export const STOPPED: Finished = { result: null, output: '', trap: null };

const WORKERS = 2;
/** Of status blocks and rings: `StatusReader` and `RingReader`. */
const BLOCKS = 64;
const RUNNING = 1;
const LAYOUT = {
  cancel: { flag: 0, bells: [] },
  hidden: 1024,
  zero: 0,
  status: { address: BLOCKS, stride: 64, count: WORKERS },
  rings: [2048, 4096, 6144].map((address) => ({ address, capacity: 4 })),
};

/** What a browser has that can run threads. */
function standIn() {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('crossOriginIsolated', true);
  vi.stubGlobal('Worker', class {});
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }));
}

export class ScriptedEngine {
  /** Commands as they came, with their reason. */
  calls: string[] = [];
  /** Says what a command is answered with; where it says nothing, an engine's usual answer. */
  answer: ((call: string) => unknown) | null = null;
  loads: Omit<LoadResult, 'program'> = { ok: true, errors: [], warnings: [] };
  program: any = { source: 'text', name: 'made', listing: [], functions: [], bounds: [], policy: POLICY };

  memory = { buffer: new SharedArrayBuffer(8192) } as any;
  cancellation = new Cancellation(this.memory);
  usable = true;
  gone: LabError | null = null;
  lab: Lab;
  #listener: Listener | null = null;

  /** @param starts whether it can */
  constructor({ starts = async () => {} } = {}) {
    standIn();
    const blocks = new Uint32Array(this.memory.buffer, BLOCKS);
    for (let worker = 0; worker < WORKERS; worker += 1) blocks[worker * 16] = RUNNING;
    this.lab = new Lab({}, (listener) => {
      this.#listener = listener;
      return {
        start: starts,
        current: this as unknown as Engine,
        hasProgram: true,
        language: { ask: async () => [] },
        holding: async () => this,
        usable: async () => this,
        ask: (name: string) => this.call(name),
        load: () => this.load(),
        breakpoints: async () => [],
        dispose: (why: LabError) => (this.gone = why),
      } as unknown as Engines;
    });
  }

  /** How it reads what is loaded. */
  async load(): Promise<LoadResult> {
    return { ...this.loads, program: this.loads.ok ? this.program : null };
  }

  async call(name: string, ...args: unknown[]): Promise<unknown> {
    if (this.gone) throw this.gone;
    const call = typeof args[0] === 'string' ? `${name} ${args[0]}` : name;
    this.calls.push(call);
    const said = await this.answer?.(call);
    if (said !== undefined) return said;
    switch (name) {
      case 'run':
        return LAYOUT;
      case 'pause':
        return heldPause({ reason: args[0] as any });
      case 'resume':
      case 'cycle':
        return { pause: pauseOf(), stats: noStats() };
      case 'stop':
        return this.news({ finished: STOPPED });
    }
  }

  /** Says what is new. */
  news(news: Partial<News>) {
    const none = { output: '', pauses: [], held: null, handshakes: [], finished: null };
    this.#listener?.onNotice({ type: 'news', news: { ...none, ...news }, stats: null });
  }

  async settled() {}

  terminate() {
    this.usable = false;
  }

  /** A worker crashes. */
  crash(message: string) {
    this.#listener?.onDeath(this as unknown as Engine, 'worker 1', message);
  }
}
