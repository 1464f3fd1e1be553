/**
 * The memory that a compiled module asks for. `WebAssembly.Module.imports` does not tell limits, so they
 * are read from the import section, which stands within the first kilobytes of the file.
 */

import { LabError } from './errors.ts';

export interface MemoryLimits {
  /** pages of 64 KiB */
  minimum: number;
  /** pages of 64 KiB */
  maximum: number;
}

const IMPORT_SECTION = 2;
const HAS_MAXIMUM = 1;
const SHARED = 2;

/**
 * @param bytes a module, at least up to the end of its import section
 * @throws {LabError} when this is no module, or it imports no shared memory
 */
export function memoryLimits(bytes: Uint8Array): MemoryLimits {
  const reader = new Reader(bytes);
  if (reader.u32le() !== 0x6d736100) throw damaged('it does not start like a WebAssembly module');
  reader.skip(4);
  while (!reader.atEnd()) {
    const section = reader.byte();
    const size = reader.leb();
    if (section === IMPORT_SECTION) return importedMemory(reader);
    reader.skip(size);
  }
  throw damaged('it imports no memory');
}

function importedMemory(reader: Reader): MemoryLimits {
  for (let left = reader.leb(); left > 0; left--) {
    reader.skip(reader.leb()); // module name
    reader.skip(reader.leb()); // field name
    const kind = reader.byte();
    if (kind === 0) reader.leb();
    else if (kind === 1) {
      reader.byte();
      if (reader.byte() & HAS_MAXIMUM) reader.leb();
      reader.leb();
    } else if (kind === 2) {
      const flags = reader.byte();
      if ((flags & (HAS_MAXIMUM | SHARED)) !== (HAS_MAXIMUM | SHARED))
        throw damaged('its memory is not shared');
      return { minimum: reader.leb(), maximum: reader.leb() };
    } else if (kind === 3) reader.skip(2);
    else throw damaged(`it has an import of unknown kind ${kind}`);
  }
  throw damaged('it imports no memory');
}

function damaged(why: string) {
  return new LabError(
    'failed',
    `The compiled engine cannot be used: ${why}.`,
    'Build it again (npm run build) and reload the page.',
  );
}

/** A cursor over bytes that never reads past their end. */
class Reader {
  bytes;

  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  atEnd() {
    return this.#at >= this.bytes.length;
  }

  byte() {
    const byte = this.bytes[this.#at++];
    if (byte === undefined) throw damaged('it ends too early');
    return byte;
  }

  u32le() {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }

  leb() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw damaged('it holds a number that is too long');
  }

  skip(count: number) {
    this.#at += count;
  }
}
