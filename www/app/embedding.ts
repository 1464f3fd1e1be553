/** What the address of a frame says; `www/public/embed.js` writes it, and pages that need no element. */
import { MAX_WORKERS } from '../run/limits.ts';

export interface Embedding {
  /** name of an example; empty for none in particular */
  program: string;
  /** a program; empty for none */
  text: string;
  /** null for as many as usual */
  workers: number | null;
  /** origin of the page around that wants to hear of the lab; null for none */
  host: string | null;
  /** whether it runs before the reader has pressed anything */
  autostart: boolean;
}

const TEXT = '#text=';

/**
 * @param framed whether another page is around this one
 * @returns null when the page is not embedded
 */
export function readEmbedding(
  { search, hash }: { search: string; hash: string },
  framed: boolean = window.parent !== window,
): Embedding | null {
  const given = new URLSearchParams(search);
  if (!given.has('embed')) return null;
  const workers = Number(given.get('workers'));
  return {
    program: given.get('program') ?? '',
    text: hash.startsWith(TEXT) ? decoded(hash.slice(TEXT.length)) : '',
    workers: Number.isInteger(workers) && workers >= 1 && workers <= MAX_WORKERS ? workers : null,
    host: originOf(given.get('host')),
    // In a window of its own only the link has asked for it.
    autostart: given.has('autostart') && (framed || !hash),
  };
}

/** An origin and no more, which is what messages can be kept to. */
function originOf(given: string | null) {
  return given !== null && URL.canParse(given) && new URL(given).origin === given ? given : null;
}

function decoded(text: string) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
