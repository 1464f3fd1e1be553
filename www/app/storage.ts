/** The only door to what the browser keeps: a storage may be switched off, closed to the page, or full. */
import type { Check } from '../run/checks.ts';

export type Storing = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** @returns null where it is switched off */
export function storageOf(which: 'localStorage' | 'sessionStorage'): Storage | null {
  try {
    return window[which];
  } catch {
    return null;
  }
}

/** @returns null where there is nothing, or nothing that could be read */
export function recallText(storage: Storing | null, key: string): string | null {
  try {
    return storage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

/** @returns whether it outlasts the page */
export function keepText(storage: Storing | null, key: string, text: string): boolean {
  try {
    storage?.setItem(key, text);
    return storage !== null;
  } catch {
    return false;
  }
}

export function forget(storage: Storing | null, key: string) {
  try {
    storage?.removeItem(key);
  } catch {
    // Closed to this page: nothing of it is read either.
  }
}

export function keysOf(storage: Storing | null): string[] {
  const keys: string[] = [];
  try {
    for (let i = 0; storage && i < storage.length; i++) keys.push(storage.key(i) ?? '');
  } catch {
    // Closed to this page.
  }
  return keys;
}

/** @returns null where there is nothing, or something that is no such thing: other code may have written it */
export function recall<T>(storage: Storing | null, key: string, check: Check<T>): T | null {
  const text = recallText(storage, key);
  try {
    return text ? check(JSON.parse(text), '') : null;
  } catch {
    return null;
  }
}
