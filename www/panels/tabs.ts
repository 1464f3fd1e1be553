/** Tabs: one of several panes is shown; the arrows go from tab to tab, Home and End to the first and the last. */
import { byId, make, set } from './dom.ts';

export interface Tab<Name extends string> {
  name: Name;
  label: string;
  /** id of the element that it shows */
  pane: string;
}

/**
 * @param list is filled with the tabs
 * @param chosen by the user
 * @returns shows one
 */
export function tabs<Name extends string>(
  list: HTMLElement,
  all: Tab<Name>[],
  chosen: (name: Name) => void,
): (shown: Name) => void {
  const buttons = all.map(({ name, label, pane }) => {
    const id = `tab-${name}`;
    const element = byId(pane);
    element.setAttribute('role', 'tabpanel');
    element.setAttribute('aria-labelledby', id);
    return make('button', {
      ...{ type: 'button', role: 'tab', id, 'aria-controls': pane, text: label },
      onclick: () => chosen(name),
    });
  });
  list.append(...buttons);
  list.addEventListener('keydown', (event) => {
    const at = buttons.findIndex((button) => button === event.target);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key];
    const next = to === undefined ? undefined : buttons.at(to % buttons.length);
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
    next.click();
  });
  return (shown) =>
    all.forEach(({ name, pane }, i) => {
      const button = buttons[i];
      button.setAttribute('aria-selected', String(name === shown));
      button.tabIndex = name === shown ? 0 : -1;
      set(byId(pane), { hidden: name !== shown });
    });
}
