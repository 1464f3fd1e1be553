/** A storage as browsers have it, in memory. */
import type { Storing } from '../../www/app/storage.ts';

export function memoryStorage(): Storing {
  const kept: Map<string, string> = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
}
