/** The list of programs: the examples, and the user's own programs that another one replaced. */
import { byId, make, setText } from './dom.js';

/** @typedef {import('../state/page-state.js').PageState} PageState */

const KEPT = 'kept-';

/**
 * @param {import('../state/store.js').Store<PageState>} store
 * @param {object} handlers
 * @param {(index: number) => void} handlers.example one is chosen
 * @param {(kept: import('../state/page-state.js').Kept) => void} handlers.kept one of the user's is
 */
export function examplesView(store, handlers) {
  const select = /** @type {HTMLSelectElement} */ (byId('example'));
  store.watch(['examples', 'example', 'title', 'kept'], ({ examples, example, title, kept }) => {
    const options = examples.map(({ name }, i) => make('option', { value: i, text: name }));
    if (example < 0) options.unshift(make('option', { value: -1, text: title || 'Your program' }));
    const own = kept.map((one, i) => make('option', { value: KEPT + i, text: one.title }));
    select.replaceChildren(...options);
    if (own.length > 0) select.append(make('optgroup', { label: 'Yours, from before' }, ...own));
    select.value = String(example);
  });
  select.addEventListener('change', () => {
    const { value } = select;
    const kept = value.startsWith(KEPT) ? store.state.kept[Number(value.slice(KEPT.length))] : undefined;
    if (kept) handlers.kept(kept);
    else if (Number(value) >= 0) handlers.example(Number(value));
  });
  const description = byId('program-description');
  store.watch(['examples', 'example'], ({ examples, example }) => {
    setText(description, examples[example]?.description ?? '');
    description.hidden = !examples[example];
  });
}
