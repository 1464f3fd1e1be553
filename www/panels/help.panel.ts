/** Help: the terms, and text for a projector. */
import { byId, make } from './dom.ts';
import { glossary } from './terms.ts';

/** For a room. */
const LARGE = '150%';

export function panel() {
  byId('glossary').append(
    ...glossary().flatMap(([term, tip]) => [make('dt', { text: term }), make('dd', { text: tip })]),
  );
  const large = byId<HTMLInputElement>('large');
  large.addEventListener('change', () => {
    const { style, dataset } = document.documentElement;
    style.fontSize = large.checked ? LARGE : '';
    if (large.checked) dataset.large = '';
    else delete dataset.large;
  });
}
