/** Help: the terms, text for a projector, and what a printed page says of itself. */
import { browserName } from '../words/recorded-text.ts';
import { byId, make, setText } from './dom.ts';
import { glossary } from './terms.ts';

/** For a room. */
const LARGE = '150%';

export function helpView() {
  byId('glossary').append(
    ...glossary().flatMap(([term, tip]) => [make('dt', { text: term }), make('dd', { text: tip })]),
  );
  const large = byId<HTMLInputElement>('large');
  large.addEventListener('change', () => {
    document.documentElement.style.fontSize = large.checked ? LARGE : '';
  });
  addEventListener('beforeprint', () => {
    const when = new Date().toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' });
    const said = [when, browserName(navigator.userAgent), byId('machine').textContent, location.host];
    setText(byId('printed'), said.join(' · '));
  });
}
