/** The lesson that the page's address names with `?lesson=`, or that the page around a frame brings. */
import { LONGEST_LESSON, isLesson } from './brought.ts';
import { LinkError } from './link.ts';
import type { Embedding } from './embedding.ts';
import type { Brought } from './brought.ts';

/**
 * @returns null where there is none
 * @throws {LinkError} when it is of another host, or cannot be had
 */
export async function lessonOfPage(at: Location, embedding: Embedding | null): Promise<Brought | null> {
  const text = embedding && isLesson(embedding.text) ? embedding.text : null;
  const lesson: Brought | null = text === null ? await lessonOfAddress(at) : { text, from: 'host' };
  // In a frame its program waits like any other, unless the page around says that it runs.
  return lesson && embedding && !embedding.autostart ? { ...lesson, from: 'file' } : lesson;
}

async function lessonOfAddress({ href, search, origin }: Location): Promise<Brought | null> {
  const given = new URLSearchParams(search).get('lesson');
  if (!given) return null;
  const address = URL.canParse(given, href) ? new URL(given, href) : null;
  if (address?.origin !== origin)
    throw new LinkError(
      `The lesson at "${given}" is not on the host of this page, ${origin}.`,
      'Put the file beside the page, or open it from your disk: drop it on the page.',
    );
  const response = await fetch(address).catch(() => null);
  if (!response?.ok)
    throw new LinkError(
      `The lesson ${address.pathname} could not be loaded${response ? ` (status ${response.status})` : ''}.`,
      'Check the address and the connection, then reload the page.',
    );
  const text = await response.text();
  if (!isLesson(text) || text.length > LONGEST_LESSON)
    throw new LinkError(
      `${address.pathname} is no lesson: a lesson begins with a line "---" and has at most ${LONGEST_LESSON} characters.`,
      'docs/tasks.html describes the file.',
    );
  return { text, from: 'host' };
}
