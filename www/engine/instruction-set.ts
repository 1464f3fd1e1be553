/** The reference of instructions, written by the language's module when the page is bundled. */
import type { InstructionInfo } from '../run/types.ts';

const files = import.meta.glob<InstructionInfo[]>('../../pkg/safepoint_language.js', {
  query: '?instruction-set',
  import: 'default',
});

/** Fetches it; only the editor's help and scripts need it. */
export async function instructionSet(): Promise<InstructionInfo[]> {
  const [fetched] = Object.values(files);
  if (!fetched) throw new Error('The page was bundled without its language.');
  return fetched();
}
