/** A printed page: what it says of itself, and that it is light, also where the screen is dark. */
import { policyOf } from '../run/run-summary.ts';
import { plural, policyText } from '../words/format.ts';
import { browserName } from '../words/recorded-text.ts';
import { byId, setText } from './dom.ts';
import { readTheme } from '../draw/theme.ts';
import type { Page } from './page.ts';

export function panel({ store, theme: shown, frames }: Page) {
  /** Paper gets no frame. */
  const draw = () => {
    shown.value = readTheme();
    frames.drawNow();
  };
  const { dataset } = document.documentElement;
  let theme: string | undefined;
  addEventListener('beforeprint', () => {
    theme = dataset.theme;
    dataset.theme = 'light';
    draw();
    const when = new Date().toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' });
    const { run } = store.state;
    const how = run && `${plural(run.workers, 'worker')}, polls at ${policyText(policyOf(run))}`;
    const said = [how, when, browserName(navigator.userAgent), byId('machine').textContent, location.host];
    setText(byId('printed'), said.filter(Boolean).join(' · '));
  });
  byId('print').addEventListener('click', () => print());
  addEventListener('afterprint', () => {
    if (theme === undefined) delete dataset.theme;
    else dataset.theme = theme;
    draw();
  });
}
