/** The log: a line for each pause and for whatever went wrong. A press on a pause's line selects it. */
import { byId, make } from './dom.ts';
import type { Page } from './page.ts';

export function panel({ log, frames, commands }: Page) {
  const box = byId('log-lines');
  let shown = 0;
  /** Whether the latest line is in sight, or would be: while the log is out of sight it has no height. */
  let follows = true;
  const follow = () => {
    if (follows) box.scrollTop = box.scrollHeight;
  };
  box.addEventListener('scroll', () => {
    follows = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
  });
  new ResizeObserver(follow).observe(box);
  const view = frames.add(() => {
    const fresh = Math.min(log.written - shown, log.entries.length);
    shown = log.written;
    for (const entry of log.entries.slice(log.entries.length - fresh)) {
      const line = make('div', { class: `line ${entry.level}`, text: entry.text });
      if (entry.pause !== null) line.dataset.pause = String(entry.pause);
      box.append(line);
    }
    while (box.childElementCount > log.capacity) box.firstElementChild?.remove();
    box.dataset.empty = log.entries.length === 0 ? 'A line for each pause, once there is one.' : '';
    follow();
  }, 250);
  view.within(box);
  box.addEventListener('click', (event) => {
    const line = (event.target as HTMLElement).closest('[data-pause]');
    if (line instanceof HTMLElement && !getSelection()?.toString())
      commands.select(Number(line.dataset.pause));
  });
}
