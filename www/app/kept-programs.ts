/**
 * Programs that the user has written and that are not in the editor: those that another one replaced, and what
 * other tabs have in theirs, so that nothing that was typed is gone when a tab is.
 */
import { record, text } from '../run/checks.ts';
import { Shelf } from './shelf.ts';
import { keepText, recallText } from './storage.ts';
import type { Check } from '../run/checks.ts';
import type { Kept, PageState } from './page-state.ts';
import type { Store } from './store.ts';

/** Programs that are kept, and tabs whose last text is; the oldest goes. */
const MOST = 12;
/** By which number a tab knows its own text after a reload. */
const TAB = 'safepoint-lab.tab';

export function keptPrograms({
  store,
  source,
  isShipped,
  tab,
  browser,
}: {
  store: Store<PageState>;
  /** the text in the editor */
  source: () => string;
  /** whether it comes with the page */
  isShipped: (source: string) => boolean;
  tab: Storage | null;
  browser: Storage | null;
}) {
  const replaced = new Shelf(browser, 'program', keptOf, MOST);
  const typed = new Shelf(browser, 'typed', keptOf, MOST);
  replaced.adopt('safepoint-lab.kept.1');
  let own = numberOf(tab);
  const isOwn = (program: Kept) => program.source.trim() !== '' && !isShipped(program.source);

  const show = () => store.set({ kept: listed([...replaced.all, ...typed.all], source()) });
  replaced.watch(show);
  typed.watch((id) => {
    // A tab that was duplicated has the number of the first: from here on they are two.
    if (id === own) own = numberOf(null);
    show();
  });

  return {
    show,
    /** Another one takes its place. */
    add(program: Kept) {
      replaced.remove((other) => other.source === program.source);
      if (isOwn(program)) replaced.add(program);
    },
    /**
     * It is in the editor.
     *
     * @param program null for one that every user has
     * @returns whether the browser keeps it
     */
    type(program: Kept | null): boolean {
      if (!program || !isOwn(program)) {
        typed.remove((_, id) => id === own);
        return true;
      }
      const isKept = typed.add(program, own);
      // From here on it changes: what it was when it was chosen stays only where it is kept twice.
      if (isKept) replaced.remove((other) => other.source === program.source);
      return isKept;
    },
  };
}

export type KeptPrograms = ReturnType<typeof keptPrograms>;

/**
 * Each once, under a name of its own.
 *
 * @param kept oldest first
 * @param source what is in the editor: it is not listed
 * @returns newest first
 */
export function listed(kept: Kept[], source: string): Kept[] {
  const list: Kept[] = [];
  for (const program of kept) {
    if (program.source === source || list.some((other) => other.source === program.source)) continue;
    let { title } = program;
    for (let n = 2; list.some((other) => other.title === title); n++) title = `${program.title} ${n}`;
    list.unshift({ ...program, title });
  }
  return list;
}

/** @param tab the same after a reload; null where there is none */
function numberOf(tab: Storage | null) {
  // A tab that comes from elsewhere begins with another text; what this tab had before stays.
  const [entry] = performance.getEntriesByType('navigation');
  const stays = entry && 'type' in entry && entry.type !== 'navigate';
  const known = (stays && recallText(tab, TAB)) || crypto.randomUUID();
  keepText(tab, TAB, known);
  return known;
}

const keptOf: Check<Kept> = record({ title: text(), source: text(Infinity) });
