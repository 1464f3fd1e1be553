/** A program in JavaScript: what Node.js prints for it, with the lab's functions as JavaScript would have them. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import ts from 'typescript';

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
  const lab = {
    print: (/** @type {unknown[]} */ ...values) => lines.push(values.map(String).join(' ')),
    console: {
      log: (/** @type {unknown[]} */ ...values) =>
        lines.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')),
    },
    spawn: async (/** @type {Function} */ task, /** @type {unknown[]} */ ...given) => task(...given),
    sleep: (/** @type {number} */ ms) => sleep(ms),
    yieldNow: () => sleep(0),
    block: (/** @type {number} */ ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
    stall: (/** @type {number} */ ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
    copy: (/** @type {unknown[]} */ from, /** @type {unknown[]} */ to) => {
      for (let at = 0; at < Math.min(from.length, to.length); at++) to[at] = from[at];
    },
    Mutex,
  };
  const printed = () => lines.map((line) => `${line}\n`).join('');
  try {
    await AsyncFunction(...Object.keys(lab), outputText)(...Object.values(lab));
    return { output: printed(), failed: false };
  } catch {
    return { output: printed(), failed: true };
  }
}

/** @param {string | URL} file */
export const read = (file) => readFileSync(file, 'utf8');
