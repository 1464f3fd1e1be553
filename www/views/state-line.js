/** The line that says what the world is doing, the notice of what went wrong, and the live region. */
import { REASON_NAMES, plural } from '../data/format.js';
import { trapText } from '../data/log-line.js';
import { recordedText } from '../data/recorded-text.js';
import { byId, make, setText } from './dom.js';
import { whyNoTaskRuns } from './schedule.js';

/** @typedef {import('../state/page-state.js').PageState} PageState */

/** What can be shown where nothing can run. @typedef {{ has: (state: PageState) => boolean, show: () => void }} Offer */

/**
 * @param {import('../state/store.js').Store<PageState>} store
 * @param {Offer} offer a recorded run
 */
export function stateLine(store, offer) {
  const line = byId('state');
  const words = /** @type {HTMLElement} */ (line.lastElementChild);
  const notice = byId('notice');
  const announcer = byId('announcer');
  line.tabIndex = -1;
  store.watch(['status', 'reason', 'finished', 'replay'], (state) => {
    const status = state.replay ? 'recorded' : state.status;
    line.dataset.status = status !== 'recorded' && state.finished?.trap ? 'trapped' : status;
    line.dataset.reason = state.reason ?? '';
    document.body.dataset.status = status;
  });
  store.watch(
    ['status', 'reason', 'run', 'finished', 'errors', 'recorded', 'awaited', 'replay', 'schedule'],
    (state) => setText(words, describe(state)),
  );
  store.watch(['notice', 'cannot', 'example'], (state) => {
    const { notice: said, cannot } = state;
    notice.hidden = said === null;
    notice.replaceChildren();
    if (!said) return;
    notice.append(
      ...[
        make('p', {}, make('b', { text: said.message }), ' ', said.advice),
        // What keeps the page from working at all is not to be waved away.
        cannot
          ? null
          : make('button', {
              type: 'button',
              class: 'ghost',
              onclick: () => store.set({ notice: null }),
              text: 'Dismiss',
            }),
        cannot && offer.has(state)
          ? make('button', {
              type: 'button',
              onclick: offer.show,
              text: 'Show a recorded run',
            })
          : null,
      ].filter((part) => part !== null),
    );
  });
  store.watch(['spoken'], ({ spoken }) => setText(announcer, spoken));
}

/**
 * @param {PageState} state
 * @returns {string}
 */
export function describe(state) {
  const { status, reason, run, finished, errors, recording, replay, schedule } = state;
  if (replay) return recordedText(replay.recorded).mark;
  const workers = run ? plural(run.workers, 'worker') : '';
  const why = reason ? REASON_NAMES[reason] : '';
  switch (status) {
    case 'loading':
      return 'Loading the engine: the virtual machine and its worker threads';
    case 'empty':
      return errors.length > 0 ? `The program has ${plural(errors.length, 'error')}` : 'No program yet';
    case 'ready':
      return run ? 'Not running' : 'Ready to run';
    case 'starting':
      return `Starting ${workers}`;
    case 'running':
      return whyNoTaskRuns(schedule) ?? `Running on ${workers}`;
    case 'stopping':
      return `Stopping for ${why} · ${arrived(state)}`;
    case 'stopped': {
      const late = recording.held;
      const all = late ? late.arrivals.length : (run?.workers ?? 0);
      const at = late?.halt ? ` · ${late.halt.text}` : '';
      return `Stopped for ${why} · ${all} of ${run?.workers ?? all} arrived${at}`;
    }
    case 'ending':
      return 'Stopping the program';
    case 'finished':
      return finished?.trap
        ? `Trapped: ${trapText(finished.trap)}`
        : `Finished with ${finished?.result ?? 'nothing'}`;
    case 'failed':
      return 'The engine cannot work here';
  }
}

/** @param {PageState} state */
function arrived({ recording, run, awaited }) {
  const all = run?.workers ?? recording.workers;
  return recording.arming ? `${all - awaited} of ${all} arrived` : 'asking the workers';
}
