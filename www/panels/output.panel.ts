/** What the program printed. */
import { count } from '../words/format.ts';
import { byId } from './dom.ts';
import type { Page } from './page.ts';

export function panel({ output, frames }: Page) {
  const box = byId('output-text');
  const view = frames.add(() => {
    const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
    const head =
      output.dropped > 0 ? `(the first ${count(output.dropped)} characters are no longer kept)\n` : '';
    box.textContent = head + output.text;
    box.dataset.empty = output.text === '' ? 'Nothing printed yet.' : '';
    if (atEnd) box.scrollTop = box.scrollHeight;
  }, 200);
  view.within(box);
}
