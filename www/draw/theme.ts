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

export type Theme = Record<string, string> & { ui: string };

export function readTheme(): Theme {
  const probe = document.createElement('span');
  probe.style.display = 'none';
  // Where the system chooses the colours, too: a state has no other mark on a canvas than its own.
  probe.style.setProperty('forced-color-adjust', 'none');
  document.body.append(probe);
  const theme: Record<string, string> = {};
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    theme[name] = getComputedStyle(probe).color;
  }
  theme.ui = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return theme as Theme;
}

export function watchTheme(changed: () => void) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  matchMedia('(forced-colors: active)').addEventListener('change', changed);
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}
