/** What the address of a frame says; `www/public/embed.js` writes it, and pages that need no element. */
import { MAX_WORKERS } from '../engine/memory-plan.js';

/**
 * @typedef {object} Embedding
 * @property {string} program name of an example; empty for none in particular
 * @property {string} text a program; empty for none
 * @property {number | null} workers null for as many as usual
 * @property {boolean} autostart whether it runs before the reader has pressed anything
 */

const TEXT = '#text=';

/**
 * @param {{ search: string, hash: string }} address
 * @param {boolean} [framed] whether another page is around this one
 * @returns {Embedding | null} null when the page is not embedded
 */
export function readEmbedding({ search, hash }, framed = window.parent !== window) {
  const given = new URLSearchParams(search);
  if (!given.has('embed')) return null;
  const workers = Number(given.get('workers'));
  return {
    program: given.get('program') ?? '',
    text: hash.startsWith(TEXT) ? decoded(hash.slice(TEXT.length)) : '',
    workers: Number.isInteger(workers) && workers >= 1 && workers <= MAX_WORKERS ? workers : null,
    // In a window of its own only the link has asked for it.
    autostart: given.has('autostart') && (framed || !hash),
  };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
