/** A program in JavaScript: what Node.js prints for it, with the lab's functions as JavaScript would have them. */
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import ts from 'typescript';

/** Powers are those of Node.js 20 to the last bit; later ones have others. */
export const hasPowers = 10 ** -5 !== 0.00001;

const AsyncFunction = /** @type {FunctionConstructor} */ (Object.getPrototypeOf(async () => {}).constructor);

class Mutex {
  #isHeld = false;
  /** @type {(() => void)[]} */
  #waiting = [];

  async lock() {
    if (this.#isHeld)
      await new Promise((/** @type {(value?: undefined) => void} */ go) => this.#waiting.push(go));
    this.#isHeld = true;
  }

  unlock() {
    if (!this.#isHeld) throw new Error('the mutex is free');
    const next = this.#waiting.shift();
    if (next) next();
    else this.#isHeld = false;
  }
}

/** Time that passes only while every task sleeps or gives way: the one that is due first goes on first. */
class Clock {
  #now = 0;
  /** @type {{ due: number, wake: () => void }[]} */
  #sleepers = [];

  /** @param {number} ms */
  sleep(ms) {
    return new Promise((/** @type {(value?: undefined) => void} */ wake) => {
      this.#sleepers.push({ due: this.#now + ms, wake });
      this.#sleepers.sort((one, other) => one.due - other.due);
      // One of them wakes in each turn of the event loop.
      setImmediate(() => this.#next());
    });
  }

  /** @returns when nobody sleeps any more: nothing but the clock wakes a task, so nothing more will happen */
  async idle() {
    do await new Promise((go) => setImmediate(go));
    while (this.#sleepers.length > 0);
  }

  #next() {
    const next = this.#sleepers.shift();
    if (!next) return;
    this.#now = next.due;
    next.wake();
  }
}

/**
 * @typedef {object} Printed
 * @property {string} output
 * @property {boolean} failed whether an error ended it
 */

/**
 * @param {string} source TypeScript
 * @returns {Promise<Printed>}
 */
export async function inNode(source) {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  /** @type {string[]} */
  const lines = [];
  const clock = new Clock();
  const lab = {
    print: (/** @type {unknown[]} */ ...values) => lines.push(values.map(String).join(' ')),
    console: {
      log: (/** @type {unknown[]} */ ...values) =>
        lines.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')),
    },
    spawn: async (/** @type {Function} */ task, /** @type {unknown[]} */ ...given) => task(...given),
    sleep: (/** @type {number} */ ms) => clock.sleep(ms),
    yieldNow: () => clock.sleep(0),
    block: (/** @type {number} */ ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
    stall: (/** @type {number} */ ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
    copy: (/** @type {unknown[]} */ from, /** @type {unknown[]} */ to) => {
      for (let at = 0; at < Math.min(from.length, to.length); at++) to[at] = from[at];
    },
    poll: () => {},
    collect: () => {},
    stopTheWorld: () => {},
    handshake: () => {},
    Mutex,
  };
  const printed = () => lines.map((line) => `${line}\n`).join('');
  try {
    const over = AsyncFunction(
      ...Object.keys(lab),
      `{\n${outputText}\n}`,
    )(...Object.values(lab)).then(() => true);
    // A program that is not over then waits for ever: a deadlock.
    const isOver = await Promise.race([over, clock.idle().then(() => false)]);
    return { output: printed(), failed: !isOver };
  } catch {
    return { output: printed(), failed: true };
  }
}

/** @param {string | URL} file */
export const read = (file) => readFileSync(file, 'utf8');
