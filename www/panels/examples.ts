/** The list of programs: the examples, and the user's own programs that another one replaced. */
import { byId, make, setText } from './dom.ts';
import type { Kept, PageState } from '../app/page-state.ts';
import type { Store } from '../app/store.ts';

const KEPT = 'kept-';
/** Leads to the gallery. */
const FAMOUS = 'famous';

export function examplesView(
  store: Store<PageState>,
  handlers: {
    /** one is chosen */
    example: (index: number) => void;
    /** one of the user's is */
    kept: (kept: Kept) => void;
  },
) {
  const select = byId<HTMLSelectElement>('example');
  store.watch(({ examples, example, title, kept }) => {
    const options = examples.map(({ name }, i) => make('option', { value: i, text: name }));
    if (example < 0) options.unshift(make('option', { value: -1, text: title || 'Your program' }));
    const own = kept.map((one, i) => make('option', { value: KEPT + i, text: one.title }));
    select.replaceChildren(...options);
    if (own.length > 0) select.append(make('optgroup', { label: 'Yours, from before' }, ...own));
    select.append(make('option', { value: FAMOUS, text: 'Famous pauses …' }));
    select.value = String(example);
  });
  select.addEventListener('change', () => {
    const { value } = select;
    if (value === FAMOUS) {
      select.value = String(store.state.example);
      location.hash = '#famous';
      return;
    }
    const kept = value.startsWith(KEPT) ? store.state.kept[Number(value.slice(KEPT.length))] : undefined;
    if (kept) handlers.kept(kept);
    else if (Number(value) >= 0) handlers.example(Number(value));
  });
  const description = byId('program-description');
  store.watch(({ examples, example }) => {
    setText(description, examples[example]?.description ?? '');
    description.hidden = !examples[example];
  });
}
