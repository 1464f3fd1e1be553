/** Whether the browser's engine has 64 bits: then an access of eight aligned bytes is one. */

/**
 * One of 32 bits cannot even reserve as much memory as 32 bits address; nothing of it is used. Where that cannot be asked,
 * it counts as such.
 */
export function isWide(): boolean {
  try {
    return new ArrayBuffer(0, { maxByteLength: 2 ** 32 }).resizable === true;
  } catch {
    return false;
  }
}
