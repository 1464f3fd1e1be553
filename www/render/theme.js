/** The colours of the design tokens, resolved for the theme in force: a canvas knows no variables. */

const NAMES = [
  'surface',
  'line',
  'ink',
  'ink-2',
  'accent',
  'running',
  'late',
  'straggler',
  'stopped',
  'safe',
  'operation',
  'error',
];

/** @typedef {Record<string, string> & { ui: string }} Theme */

/** @returns {Theme} */
export function readTheme() {
  const probe = document.createElement('span');
  probe.style.display = 'none';
  // Where the system chooses the colours, too: a state has no other mark on a canvas than its own.
  probe.style.setProperty('forced-color-adjust', 'none');
  document.body.append(probe);
  /** @type {Record<string, string>} */
  const theme = {};
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    theme[name] = getComputedStyle(probe).color;
  }
  theme.ui = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return /** @type {Theme} */ (theme);
}

/** @param {() => void} changed */
export function watchTheme(changed) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  matchMedia('(forced-colors: active)').addEventListener('change', changed);
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}
