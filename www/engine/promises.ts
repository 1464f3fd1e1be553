/** Two helpers that the language or the browsers do not all have yet. */
import type { LabError } from './errors.ts';

/** A promise that rejects when `promise` has not settled in time. */
export function within<T>(promise: Promise<T>, milliseconds: number, late: () => LabError): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A promise with its two ends. (`Promise.withResolvers` came to Firefox and Safari only in 2024.) */
export function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise: Promise<T> = new Promise((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
