/** Two helpers that the language or the browsers do not all have yet. */

/** @import { LabError } from './errors.js' */

/**
 * A promise that rejects when `promise` has not settled in time.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {number} milliseconds
 * @param {() => LabError} late
 * @returns {Promise<T>}
 */
export function within(promise, milliseconds, late) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * A promise with its two ends. (`Promise.withResolvers` came to Firefox and Safari only in 2024.)
 *
 * @template T
 * @returns {{ promise: Promise<T>, resolve: (value: T) => void, reject: (error: unknown) => void }}
 */
export function withResolvers() {
  /** @type {(value: T) => void} */
  let resolve = () => {};
  /** @type {(error: unknown) => void} */
  let reject = () => {};
  /** @type {Promise<T>} */
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
