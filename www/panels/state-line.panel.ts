/** The line that says what the world is doing, the notice of what went wrong, and the live region. */
import { REASON_NAMES, plural } from '../words/format.ts';
import { trapText, withResult } from '../words/log-line.ts';
import { recordedText } from '../words/recorded-text.ts';
import { byId, make, setText, words as withCode } from './dom.ts';
import { whyNoTaskRuns } from './schedule.panel.ts';
import type { PageState } from '../app/page-state.ts';
import type { Page } from './page.ts';

export function panel({ store, recorded }: Page) {
  const line = byId('state');
  const words = line.lastElementChild as HTMLElement;
  const notice = byId('notice');
  const announcer = byId('announcer');
  line.tabIndex = -1;
  store.watch((state) => {
    const status = state.replay ? 'recorded' : state.status;
    line.dataset.status = status !== 'recorded' && state.finished?.trap ? 'trapped' : status;
    line.dataset.reason = state.reason ?? '';
    document.body.dataset.status = status;
  });
  store.watch((state) => setText(words, describe(state)));
  store.watch((state) => {
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
        // What can be shown where nothing can run.
        cannot && recorded.hasExample()
          ? make('button', {
              type: 'button',
              onclick: () => void recorded.example(),
              text: 'Show a recorded run',
            })
          : null,
      ].filter((part) => part !== null),
    );
  });
  // Of one run after the other it is not said how each began and ended.
  store.watch(({ spoken, measuring }) => {
    // Marks around code are for the eye.
    if (!measuring) setText(announcer, make('span', {}, ...withCode(spoken)).textContent);
  });
}

export function describe(state: PageState): string {
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
      return 'Ready to run';
    case 'starting':
      return `Starting ${workers}`;
    case 'running':
      return whyNoTaskRuns(schedule) ?? `Running on ${workers}`;
    case 'stopping':
      return `Stopping for ${why} · ${arrived(state)}`;
    case 'stopped': {
      const late = recording.held;
      const all = late ? late.arrivals.length : (run?.workers ?? 0);
      // A step has led away from there.
      const stands = late?.halt && state.stepped?.pause !== late.id;
      const at = stands ? ` · ${late.halt?.text}` : '';
      const of = run?.workers ?? all;
      return `Stopped for ${why} · ${all} of ${of} arrived${all < of ? ', no other runs' : ''}${at}`;
    }
    case 'ending':
      return 'Stopping the program';
    case 'ended':
      return 'Not running';
    case 'finished':
      return finished?.trap
        ? `Trapped: ${trapText(finished.trap)}`
        : `Finished${withResult(finished?.result ?? null)}`;
    case 'failed':
      return 'The engine cannot work here';
    case 'disposed':
      return 'The lab was disposed of';
  }
}

function arrived({ recording, run, awaited }: PageState) {
  const all = run?.workers ?? recording.workers;
  return recording.arming ? `${all - awaited} of ${all} arrived` : 'asking the workers';
}
