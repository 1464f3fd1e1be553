/** The finding: what stopped the world or keeps it from stopping, as a headline beside three figures. */
import { awaitingText } from '../words/awaiting-text.ts';
import {
  awaitedMark,
  figuresOf,
  findingOf,
  headlineOf,
  lateMark,
  summaryText,
} from '../words/finding-text.ts';
import { durationParts } from '../words/format.ts';
import { waitingSince } from '../run/run-summary.ts';
import { isLive } from '../app/page-state.ts';
import { heldPause, whereText } from '../app/standing.ts';
import { byId, folds, make, setNodes, setText, setWords } from './dom.ts';
import { READABLE, readable } from './pace.ts';
import { explained } from './terms.ts';
import type { PageState } from '../app/page-state.ts';
import type { Figures, LineMark } from '../words/finding-text.ts';
import type { Recording } from '../run/recording.ts';
import type { Page } from './page.ts';

/** A stop that takes longer is told of while it does not come, microseconds. */
const LATE = 100_000;
const NONE: Figures = { ttsp: null, lost: null, held: null };

export function panel({ store, frames, now, lab, program: { editor } }: Page) {
  const sentence = byId('sentence');
  const more = byId('more');
  const figures = figuresView(byId('figures'));
  folds(byId('more-button'));
  /** The stop of which the screen reader has heard that it does not come. */
  let heard = 0;
  const missing = () => {
    const who = store.state.replay ? null : lab.awaiting();
    return who && now() - who.since >= LATE ? who : null;
  };
  const say = ([first, rest]: [headline: string, more: string]) => {
    setWords(sentence, first);
    setWords(more, rest);
  };
  let marked = '';
  const mark = (late: LineMark | null, isQuiet: boolean) => {
    const { run, program } = store.state;
    const as = JSON.stringify([late, run?.program?.source, program?.source]);
    if (as === marked) return;
    marked = as;
    editor.showLate(late);
    // Where one pause follows the other the text would never stand still.
    if (late && isQuiet) editor.reveal(late.line);
  };
  const view = frames.add(() => {
    const { measuring } = store.state;
    if (measuring) {
      say(measuring);
      figures(NONE, store.state.step, {});
      mark(null, false);
      return;
    }
    const { selected, recording, status, step, replay, view: shown } = store.state;
    // No event tells when it takes long: it is checked again.
    if (status === 'stopping' || (recording.arming && isLive(status))) view.invalidate();
    const who = shown === 'live' || status === 'stopping' ? missing() : null;
    if (who) {
      const text = awaitingText(who, now(), recording.workers, step);
      say(headlineOf(text));
      const lost = waitingSince(recording, now());
      figures({ ...NONE, ttsp: Math.max(step, now() - who.since), lost }, step, { sofar: true });
      mark(awaitedMark(who), true);
      if (heard !== who.pause) store.set({ spoken: text });
      heard = who.pause;
      return;
    }
    const pause = selected === null ? null : recording.pause(selected);
    const isMany = shown === 'live' && status === 'running';
    const { pauses, count, latest, begin } = recording;
    const since = count > pauses.length ? pauses[0]?.at : begin;
    const summary = isMany ? summaryText(pauses, latest, step, latest - (since ?? latest)) : null;
    if (summary) {
      // Neither the figures nor the line of one pause belong to many.
      say(headlineOf(summary));
      figures(NONE, step, {});
      mark(null, false);
      return;
    }
    const moved = movedText(store.state);
    if (pause && moved) say([moved, pause.sentence]);
    else if (pause) say(findingOf(pause, step));
    else {
      setNodes(sentence, ...(replay ? [choice(recording)] : invitation(store.state)));
      setWords(more, '');
    }
    // At a breakpoint the text is where its task stands.
    const isQuiet = (shown === 'pause' || status !== 'running') && !pause?.halt;
    mark(pause && lateMark(pause, step), isQuiet);
    figures(pause ? figuresOf(pause) : NONE, step, {
      holding: pause !== null && recording.held?.id === pause.id && isLive(status),
    });
  }, READABLE);
  view.within(byId('finding'));
  store.watch((state) => view.setInterval(readable(state)));
}

/** @returns shows them */
function figuresView(box: HTMLElement) {
  const entry = (name: Node) => {
    const value = document.createTextNode('–');
    const unit = make('small');
    const element = make('div', {}, make('dt', {}, name), make('dd', {}, value, ' ', unit));
    box.append(element);
    return (figure: string, of: string) => {
      value.data = figure;
      setText(unit, of);
    };
  };
  const ttsp = entry(explained('time to safepoint'));
  const lost = entry(explained('wasted worker time', 'lost by the others'));
  const held = entry(explained('held', 'held'));
  return (
    figures: Figures,
    step: number,
    { sofar = false, holding = false }: { sofar?: boolean; holding?: boolean },
  ) => {
    const parts = (us: number | null) =>
      us === null
        ? (['–', ''] as const)
        : ([durationParts(us, step).figure, durationParts(us, step).unit] as const);
    const [figure, unit] = parts(figures.ttsp);
    ttsp(figure, sofar ? `${unit} so far` : unit);
    const [waited, of] = parts(figures.lost);
    lost(waited, sofar && of ? `${of} so far` : of);
    if (Object.values(figures).every((us) => us === null) && !holding) box.dataset.none = '';
    else delete box.dataset.none;
    if (holding) held('', 'until Resume');
    else held(...parts(figures.held));
  };
}

/** What was done in the stopped world since: it is newer than how the world came to stand still. */
function movedText(state: PageState): string | null {
  const { stepped, selected } = state;
  const pause = heldPause(state);
  if (!stepped || !pause || stepped.pause !== pause.id || selected !== pause.id) return null;
  const { message, tasks, task } = stepped;
  return message && message !== pause.halt?.text ? message : whereText(tasks, task);
}

function invitation({ status, job }: PageState): (Node | string)[] {
  switch (status) {
    case 'running':
      return [
        'Nothing has stopped the world yet. ',
        // A lesson, and a famous pause, say themselves what comes next.
        ...(job === 'learn' || job === 'famous'
          ? ['When it is stopped, ']
          : ['Press ', make('b', { text: job === 'debug' ? 'Debug' : 'GC' }), ': ']),
        'every worker runs on to its next ',
        explained('safepoint'),
        job === 'debug' ? ', and each task shows where it is.' : ', and you see which one is late.',
      ];
    case 'loading':
    case 'starting':
      return ['The workers are starting.'];
    case 'stopping':
      return ['The workers are asked to stop.'];
    case 'stopped':
      return ['The world stands still. Press ', make('b', { text: 'Resume' }), ' to let it go on.'];
    case 'ending':
      return ['The program is being stopped.'];
    case 'failed':
      return ['Without threads there is nothing to stop.'];
    case 'disposed':
      return ['A script has disposed of the lab. Reload the page to get another one.'];
    case 'finished':
      return ['The program ended before anything stopped the world. Run it again, or take an endless one.'];
    case 'empty':
    case 'ready':
    case 'ended':
      return ['Press ', make('b', { text: 'Run' }), ' to start the workers.'];
  }
}

/** What to do with a recorded run of which no pause is looked at. */
function choice({ pauses }: Recording) {
  return pauses.length > 0
    ? 'Choose a pause: ‹ and › go from one to the next.'
    : 'Nothing stopped the world in this run.';
}
