/** How long tasks that could run waited for a worker. */
import { count, duration } from '../data/format.js';
import { isLive } from '../state/page-state.js';
import { byId, fill, make, setText } from './dom.js';
import { READABLE } from './pace.js';
import { explained } from './terms.js';

/** @typedef {import('../engine/types.js').Schedule} Schedule */
/** @typedef {import('../state/page-state.js').PageState} PageState */

/**
 * @param {object} parts
 * @param {import('../state/store.js').Store<PageState>} parts.store
 * @param {import('../render/frame.js').Frames} parts.frames
 */
export function scheduleView({ store, frames }) {
  const box = byId('schedule');
  const view = frames.add(() => {
    const { schedule, step, status } = store.state;
    setText(byId('schedule-text'), scheduleText(store.state));
    box.hidden = schedule === null || schedule.readyToRunning.count === 0;
    if (!schedule || box.hidden) return;
    const { count: turns, p50, p99, max } = schedule.readyToRunning;
    /** @type {[string, string][]} */
    const figures = [
      ['p50', duration(p50, step)],
      ['p99', duration(p99, step)],
      ['longest', duration(max, step)],
      ['turns', count(turns)],
      ...(isLive(status) ? [/** @type {[string, string]} */ (['ready now', count(schedule.ready)])] : []),
    ];
    fill(
      box,
      ...figures.map(([name, figure], index) =>
        make(
          'div',
          {},
          make(
            'dt',
            {},
            ...(index === 0 ? [explained('ready to running', 'Ready to running'), `, ${name}`] : [name]),
          ),
          make('dd', { text: figure }),
        ),
      ),
    );
  }, READABLE);
  view.within(byId('statistics'));
  store.watch(['schedule', 'step', 'status', 'replay'], view.invalidate);
}

/** @param {Pick<PageState, 'schedule' | 'status' | 'replay' | 'run'>} state */
export function scheduleText({ schedule, status, replay, run }) {
  if (replay) return 'A recorded run does not tell.';
  if (!run) return 'Nothing has run yet.';
  if (schedule) return isLive(status) ? schedule.text : '';
  return status === 'stopping' ? 'Not known while a stop is awaited.' : 'Not known yet.';
}

/**
 * Why nothing happens although something could.
 *
 * @param {Schedule | null} schedule
 * @returns {string | null} null while some worker could run a task, or no task waits for one
 */
export function whyNoTaskRuns(schedule) {
  if (!schedule || schedule.ready === 0 || schedule.blocked === 0) return null;
  const others = schedule.running + schedule.idle + schedule.stopped;
  return others === 0 ? schedule.text.replace(/\.$/, '') : null;
}
