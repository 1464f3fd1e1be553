/** What the program printed. */
import { count } from '../data/format.js';
import { byId } from './dom.js';

/**
 * @param {import('../state/output.js').Output} output
 * @param {import('../render/frame.js').Frames} frames
 */
export function outputView(output, frames) {
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
  output.changed = view.invalidate;
  view.invalidate();
}
