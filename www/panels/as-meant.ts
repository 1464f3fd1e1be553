/** Opens the program of a lesson or of a famous pause as it is meant. */
import { changed } from '../lessons/types.ts';
import type { PollChange } from '../lessons/types.ts';
import type { Page } from './page.ts';

/**
 * Puts a program into the editor, with the settings that it needs: a stop is kept, waits for ever, and comes from the
 * reader.
 *
 * @param polls what differs from where the program itself polls
 * @returns whether it can run
 */
export async function openAsMeant(
  { store, commands, program }: Pick<Page, 'store' | 'commands' | 'program'>,
  {
    source,
    title,
    workers,
    counted,
    polls,
  }: { source: string; title: string; workers: number; counted: boolean; polls: PollChange[] },
): Promise<boolean> {
  // The engine answers nothing else while a stop does not come, and what runs makes room anyway.
  if (store.state.status === 'stopping') await commands.stop();
  await commands.breakpoints.clear();
  const { automatic, timeouts } = store.state;
  const can = await program.open(
    { source, title },
    {
      ...{ workers, policy: null, counted, compile: true, keepStopped: true },
      ...{ automatic: { ...automatic, enabled: false }, timeouts: { ...timeouts, mode: 'for-ever' } },
    },
  );
  const own = store.state.program?.policy;
  if (own && polls.length > 0) commands.lend(program.editor.text, { policy: changed(own, polls) });
  return can;
}
