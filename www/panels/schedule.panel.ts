/** How long tasks that could run waited for a worker. */
import { count, duration } from '../words/format.ts';
import { carries } from '../run/percentiles.ts';
import { isLive } from '../app/page-state.ts';
import { byId, fill, make, setText } from './dom.ts';
import { READABLE } from './pace.ts';
import { explained } from './terms.ts';
import type { Schedule } from '../run/types.ts';
import type { PageState } from '../app/page-state.ts';
import type { Page } from './page.ts';

export function panel({ store, frames }: Page) {
  const box = byId('schedule');
  const view = frames.add(() => {
    const { schedule, step, status } = store.state;
    setText(byId('schedule-text'), scheduleText(store.state));
    box.hidden = schedule === null || schedule.readyToRunning.count === 0;
    if (!schedule || box.hidden) return;
    const { count: turns, p50, p99, max } = schedule.readyToRunning;
    const figures: [string, string][] = [
      ['p50', duration(carries(turns, 'p50') ? p50 : null, step)],
      ['p99', duration(carries(turns, 'p99') ? p99 : null, step)],
      ['longest', duration(max, step)],
      ['turns', count(turns)],
      ...(isLive(status) ? [['ready now', count(schedule.ready)] as [string, string]] : []),
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
}

export function scheduleText({
  schedule,
  status,
  replay,
  run,
}: Pick<PageState, 'schedule' | 'status' | 'replay' | 'run'>) {
  if (replay) return 'A recorded run does not tell.';
  if (!run) return 'Nothing has run yet.';
  if (schedule) return isLive(status) ? schedule.text : '';
  return status === 'stopping' ? 'Not known while a stop is awaited.' : 'Not known yet.';
}

/**
 * Why nothing happens although something could.
 *
 * @returns null while some worker could run a task, or no task waits for one
 */
export function whyNoTaskRuns(schedule: Schedule | null): string | null {
  if (!schedule || schedule.ready === 0 || schedule.blocked === 0) return null;
  const others = schedule.running + schedule.idle + schedule.stopped;
  return others === 0 ? schedule.text.replace(/\.$/, '') : null;
}
