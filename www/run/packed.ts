/**
 * Text as letters that an address may have: UTF-8, deflated with a checksum (RFC 1950), in base64url.
 */

/** A link that unpacks to more than this holds something else than a program, characters. */
const LARGEST = 16 * 1024 * 1024;

export async function pack(text: string) {
  const chunks = await through(new TextEncoder().encode(text), new CompressionStream('deflate'), Infinity);
  let binary = '';
  for (const chunk of chunks) for (const byte of chunk) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @throws when it is not what {@link pack} has made */
export async function unpack(packed: string): Promise<string> {
  const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parts = [];
  for (const chunk of await through(bytes, new DecompressionStream('deflate'), LARGEST))
    parts.push(decoder.decode(chunk, { stream: true }));
  return parts.join('') + decoder.decode();
}

/** @param most bytes that may come out */
async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  most: number,
): Promise<Uint8Array[]> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new Error('too large');
    }
    chunks.push(value);
  }
}
