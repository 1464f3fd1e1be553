/**
 * Keys that press a control from anywhere on the page except where the user types, and their list under "?".
 * The one table of them: what a control announces, what its tip says and what the list shows come from here.
 */
import { keepText, recallText } from '../app/storage.ts';
import { byId, make } from './dom.ts';
import type { Page } from './page.ts';

/** The control is pressed; a field gets the focus instead. */
type Shortcut = { key: string; id: string; what: string };

const SHORTCUTS: [group: string, shortcuts: Shortcut[]][] = [
  [
    'What to do',
    [
      { key: '1', id: 'job-learn', what: 'Learn' },
      { key: '2', id: 'job-try', what: 'Try' },
      { key: '3', id: 'job-debug', what: 'Debug' },
      { key: '4', id: 'job-compare', what: 'Compare' },
      { key: '5', id: 'job-famous', what: 'Famous pauses' },
    ],
  ],
  [
    'Program',
    [
      { key: 'R', id: 'run', what: 'Run' },
      { key: 'X', id: 'stop', what: 'End run' },
      { key: 'E', id: 'editor', what: 'To the editor' },
      { key: 'N', id: 'example', what: 'To the list of programs' },
      { key: 'W', id: 'workers', what: 'To the number of workers' },
      { key: 'O', id: 'open', what: 'Open file' },
      { key: 'H', id: 'share', what: 'Share' },
    ],
  ],
  [
    'Stop the world',
    [
      { key: 'G', id: 'gc', what: 'GC' },
      { key: 'S', id: 'snapshot', what: 'Snapshot' },
      { key: 'D', id: 'look', what: 'Debug' },
      { key: 'C', id: 'resume', what: 'Resume, or take back' },
      { key: 'K', id: 'keep', what: 'Keep stopped, or not' },
      { key: 'A', id: 'automatic', what: 'Automatic pauses, or none' },
      { key: 'P', id: 'settings-button', what: 'Run settings' },
    ],
  ],
  [
    'One task of a stopped world',
    [
      { key: 'I', id: 'step-into', what: 'Step into' },
      { key: 'V', id: 'step-over', what: 'Step over' },
      { key: 'U', id: 'step-out', what: 'Step out' },
      { key: 'J', id: 'step-instruction', what: 'Step one instruction' },
    ],
  ],
  [
    'Timeline',
    [
      { key: 'T', id: 'lanes', what: 'To the timeline' },
      { key: '[', id: 'pause-previous', what: 'Previous pause' },
      { key: ']', id: 'pause-next', what: 'Next pause' },
      { key: '+', id: 'zoom-in', what: 'A shorter time' },
      { key: '-', id: 'zoom-out', what: 'A longer time' },
      { key: '0', id: 'zoom-all', what: 'The whole run' },
      { key: 'L', id: 'go-live', what: 'Live' },
    ],
  ],
];

/** Keys that work where the focus is, and that others obey. */
const ELSEWHERE: [group: string, keys: [string, string][]][] = [
  [
    'In the editor',
    [
      ['Ctrl+Enter', 'Run'],
      ['F9', 'Breakpoint on this line, or none'],
      ['Shift+F9', 'Breakpoint at this statement, or none'],
      ['Ctrl+Space', 'Complete a name'],
      ['Ctrl+Z, Ctrl+Y', 'Undo, redo'],
      ['Ctrl+F', 'Search'],
      ['Ctrl+], Ctrl+[', 'Indent more, less'],
    ],
  ],
  [
    'In the timeline',
    [
      ['← →', 'Previous pause, next pause'],
      ['Shift+← →', 'Move'],
      ['Drag', 'Mark a stretch and show it'],
      ['Shift+drag', 'Move'],
      ['Enter', 'Mark a stretch by keys: ← → move its end, with Shift its beginning; Enter shows it'],
      ['Escape', 'Back to what was shown before'],
      ['Home', 'Live'],
    ],
  ],
];

const OFF = 'safepoint-lab.shortcuts';
/** Where keys are letters, or have a meaning of their own. */
const TYPING = 'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"]';

export function panel({ browser }: Page) {
  const dialog = byId<HTMLDialogElement>('help-dialog');
  const enabled = byId<HTMLInputElement>('shortcuts-enabled');
  const help = byId('help');
  const all = SHORTCUTS.flatMap(([, shortcuts]) => shortcuts);
  const announce = () => {
    for (const { key, id } of [...all, { key: '?', id: 'help' }]) {
      const control = byId(id);
      if (enabled.checked) control.setAttribute('aria-keyshortcuts', key === '+' ? 'Plus' : key);
      else control.removeAttribute('aria-keyshortcuts');
      if (!(control instanceof HTMLButtonElement)) continue;
      // What it does is said first, and stays where keys are off.
      const what = (control.dataset.what ??= control.title);
      control.title = [what, enabled.checked ? `Key: ${key}` : ''].filter(Boolean).join('. ');
    }
  };
  enabled.checked = recallText(browser, OFF) !== 'off';
  enabled.addEventListener('change', () => {
    announce();
    keepText(browser, OFF, enabled.checked ? '' : 'off');
  });
  announce();

  byId('shortcuts-list').append(
    ...SHORTCUTS.map(([group, shortcuts]) =>
      listOf(
        group,
        shortcuts.map(({ key, what }) => [key, what]),
      ),
    ),
    ...ELSEWHERE.map(([group, keys]) => listOf(group, keys)),
  );
  help.addEventListener('click', () => {
    dialog.showModal();
    // Not by an attribute: in a frame of another origin, browsers refuse that when the page loads.
    byId('help-title').focus();
  });
  byId('help-close').addEventListener('click', () => dialog.close());

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!enabled.checked || document.querySelector('dialog[open]')) return;
    if (event.target instanceof Element && event.target.closest(TYPING)) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : '';
    const id = key === '?' ? 'help' : all.find((shortcut) => shortcut.key === key)?.id;
    if (!id) return;
    event.preventDefault();
    const control = byId(id);
    const folded = control.closest<HTMLElement>('[popover]:not(:popover-open)');
    // What only changes a setting needs not be seen; a field does.
    if (folded && control.matches('[type="checkbox"]')) {
      control.click();
      return;
    }
    folded?.showPopover();
    const pane = control.closest('[hidden]');
    // What is under another tab is shown, so that it is seen what the key did.
    if (pane?.getAttribute('role') === 'tabpanel') byId(pane.getAttribute('aria-labelledby') ?? '').click();
    // In a recorded run what concerns a live one is out of sight, and Run means to leave it.
    if (control.getClientRects().length > 0) press(control);
    else if (id === 'run') press(byId('run-here'));
  });
}

function press(control: HTMLElement) {
  if (control.matches('a, button, [type="checkbox"]')) {
    control.click();
    // What had the focus may be out of sight now, and the browser takes it away when it draws.
    requestAnimationFrame(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body || focused.getClientRects().length === 0) control.focus();
    });
    return;
  }
  const field = control.querySelector<HTMLElement>('[contenteditable]') ?? control;
  field.focus();
  field.scrollIntoView({ block: 'nearest' });
}

function listOf(group: string, keys: [string, string][]) {
  return make(
    'section',
    {},
    make('h3', { text: group }),
    make(
      'dl',
      { class: 'keys' },
      ...keys.flatMap(([key, what]) => [
        make('dt', {}, make('kbd', { text: key })),
        make('dd', { text: what }),
      ]),
    ),
  );
}
