/** Famous pauses: their list, and the open one, broken and cured, with what the lab has seen of it. */
import { text } from '../run/checks.ts';
import { isCompleted } from '../run/pause-parts.ts';
import { policyOf } from '../run/run-summary.ts';
import { REASON_NAMES, plural, policyText } from '../words/format.ts';
import { Shelf } from '../app/shelf.ts';
import { isLive } from '../app/page-state.ts';
import { changes } from '../lessons/changes.ts';
import { workersOn } from '../lessons/famous.ts';
import { figureOf, isAskedFor, isOfRun, isRunOf, middleOf, shows, tells } from '../lessons/famous-judge.ts';
import { comparedText, curedText, missedText, settingsText, shownText } from '../lessons/famous-said.ts';
import { FAMOUS } from '../lessons/famous-shipped.ts';
import { alsoShipped } from '../lessons/programs.ts';
import { openAsMeant } from './as-meant.ts';
import { byId, fill, make, set, words } from './dom.ts';
import { blocks } from './markdown.ts';
import { pairView } from './pair.ts';
import { READABLE } from './pace.ts';
import type { Change } from '../lessons/changes.ts';
import type { Famous } from '../lessons/famous.ts';
import type { Recording } from '../run/recording.ts';
import type { Pause } from '../run/types.ts';
import type { Page } from './page.ts';
import type { Side } from './pair.ts';

const HALVES = ['before', 'after'] as const;
type Which = (typeof HALVES)[number];

/** A stop: of which run, which may be over, and which of its pauses. */
interface Stop {
  figure: number;
  recording: Recording;
  pause: number;
  atLeast: boolean;
  /** whether its run had hardly begun, of which all the figure is */
  isEarly: boolean;
}

/** What was seen of a half. */
interface Seen {
  /** the last stops */
  stops: Stop[];
  /** those of which the figure says nothing of the program: they stand in until there is another */
  others: Stop[];
  facts: string;
}

/** Figures that are kept of each half. */
const KEPT = 50;
/** Stops that a program asks for itself are told of so often, microseconds: nobody reads more. */
const OFTEN = 250_000;

/** How long a run has to go on before figures of all of it are compared, microseconds. */
const SETTLED = 1_000_000;
const EARLY = 'One of the runs had hardly begun, so that says little.';
const TOO_SOON = 'What is compared is of the whole run, which has hardly begun: stop again in a second.';

const NOTHING: Record<Which, Seen | null> = { before: null, after: null };

/** Without the spaces that all of them begin with. */
function unindented(lines: Change[]): Change[] {
  const indents = lines
    .filter(({ text: line }) => line.trim() !== '')
    .map(({ text: line }) => line.search(/\S/));
  const least = Math.min(...indents);
  return lines.map(({ kind, text: line }) => ({ kind, text: line.slice(least) }));
}

export function famousView({
  store,
  commands,
  lab,
  shown,
  program,
  frames,
  theme,
  browser,
}: Pick<Page, 'store' | 'commands' | 'lab' | 'shown' | 'program' | 'frames' | 'theme' | 'browser'>) {
  for (const { before, after } of FAMOUS) {
    alsoShipped.add(before.program);
    alsoShipped.add(after.program);
  }
  const shelf = new Shelf(browser, 'famous', text());
  const box = byId('famous');
  const about = make('div');
  const steps = make('ol', { class: 'steps' });
  // Under the steps: what is pressed is to be in sight.
  const source = make('p', { class: 'hint' });
  const panel = byId('famous-pair');
  const stops = make('div', { id: 'famous-stops' });
  panel.append(
    make(
      'div',
      { class: 'head' },
      make('h2', { text: 'Before and after' }),
      make('small', { text: 'on one scale' }),
    ),
    stops,
  );
  const pair = pairView(stops, { frames, theme });

  /** The open one, once its program runs; and what was seen of it. */
  let open: Famous | null = null;
  let seen = { ...NOTHING };
  let said: Record<Which, string> = { before: '', after: '' };
  let busy = false;
  /** The stop that was told of last: a held world tells of itself more than once. */
  let told: Pause | null = null;
  /** After which halves the rail was scrolled. */
  let scrolled = '';
  /** What the pair shows. */
  let paired = '';
  /** What `about` shows. */
  let drawn: string | null | undefined;

  const wanted = () => FAMOUS.find(({ name }) => name === store.state.famous) ?? null;

  /** The half that runs, or ran last, as the page's settings and its text are. */
  function halves(famous: Famous): Which[] {
    const { run, cores } = store.state;
    return run ? HALVES.filter((which) => isRunOf(famous[which], run, cores)) : [];
  }

  /** Runs a half as it was meant: a stop is kept, waits for ever, and comes from the reader. */
  async function begin(famous: Famous, which: Which) {
    const { program: source, workers, polls } = famous[which];
    const { examples, cores } = store.state;
    busy = true;
    told = null;
    view.invalidate();
    try {
      const isExample = examples.some((example) => example.source === source);
      const title = isExample ? store.state.title : famous.title;
      const meant = { source, title, workers: workersOn(workers, cores), counted: true, polls };
      const can = await openAsMeant({ store, commands, program }, meant);
      if (can && wanted() === famous) await commands.run(source);
    } finally {
      busy = false;
      view.invalidate();
    }
  }

  async function act(does: string) {
    const famous = open;
    if (!famous || busy) return;
    const { status } = store.state;
    switch (does) {
      case 'before':
      case 'after':
        await begin(famous, does);
        return;
      case 'back':
        await commands.resume();
        return;
      default: {
        const which = HALVES.find((one) => does === `stop ${one}`);
        const press = which ? famous[which].press : null;
        if (!press) return;
        if (status === 'stopped') await commands.resume();
        // Its pause is awaited where it is told of, and the button is free to take it back.
        void commands.stopWorld(press);
      }
    }
  }

  function take(pause: Pause) {
    const famous = open;
    const { job, run, recording, step, cores, schedule } = store.state;
    if (job !== 'famous' || !famous || !run) return;
    const which = halves(famous).find((one) => isAskedFor(famous[one], pause, lab.held));
    if (!which || told?.id === pause.id) return;
    if (famous[which].press === null && told && Math.abs(pause.at - told.at) < OFTEN) return;
    told = pause;
    const isTelling = tells(famous, pause);
    // After the cure every stop is one, also where its time says nothing.
    const isSeen = which === 'before' ? shows(famous, pause) && isTelling : isCompleted(pause);
    if (!isSeen) {
      // Where the program stops itself there is nothing to press again.
      if (famous[which].press === null) return;
      said[which] = missedText(famous, pause, step);
    } else {
      const totals = shown.totals();
      // A run that has hardly begun stands in for itself until it has gone on.
      const isSettled = !isOfRun(famous.compare) || (totals?.run ?? 0) >= SETTLED;
      const counts = isTelling && isSettled;
      const { gc, snapshot, debug } = shown.stats();
      const stops = totals && (gc.count + snapshot.count + debug.count) / (totals.run / 1e6);
      const figure = figureOf(famous.compare, pause, { schedule, share: totals?.share ?? null, stops });
      const { stops: telling = [], others = [] } = seen[which] ?? {};
      const own =
        figure === null
          ? []
          : [{ figure, recording, pause: pause.id, atLeast: !isCompleted(pause), isEarly: !isSettled }];
      const facts = `${plural(run.workers, 'worker')} on ${plural(cores, 'core')}, polls at ${policyText(policyOf(run))}`;
      seen[which] = {
        stops: [...telling, ...(counts ? own : [])].slice(-KEPT),
        others: [...others, ...(counts ? [] : own)].slice(-KEPT),
        facts,
      };
      said[which] = which === 'before' ? shownText(famous, pause, step) : curedText(pause, isTelling, step);
      // Where the program stops itself another one follows.
      if (!isSettled && famous[which].press !== null) said[which] += ` ${TOO_SOON}`;
      if (seen.before && seen.after && !shelf.all.includes(famous.name)) shelf.add(famous.name, famous.name);
    }
    view.invalidate();
  }

  /** The stop in the middle, and from how many. */
  function middle(which: Which, { compare }: Famous): (Stop & { stops: number; leftOut: number }) | null {
    const half = seen[which];
    if (!half) return null;
    const stops = half.stops.length > 0 ? half.stops : half.others;
    const stop = middleOf(compare, stops);
    const leftOut = stops === half.stops ? half.others.length : 0;
    return stop ? { ...stop, stops: stops.length, leftOut } : null;
  }

  function side(which: Which, famous: Famous): Side | null {
    const stop = middle(which, famous);
    if (!stop) return null;
    const { pause: id, recording } = stop;
    // Of a storm only the last thousand are kept. What is compared of a whole run is shown by any of its stops.
    const any = isOfRun(famous.compare) ? recording.pauses.findLast(isCompleted) : null;
    const pause = recording.pause(id) ?? any;
    if (!pause) return null;
    const name = which === 'before' ? 'Before' : 'After';
    return {
      name,
      facts: seen[which]?.facts ?? '',
      recording,
      pause,
      step: store.state.step,
    };
  }

  /** The list, or what the open one is about: it changes with the address alone. */
  function drawAbout(famous: Famous | null) {
    const is = `${famous?.name ?? ''} ${shelf.all.join()}`;
    if (drawn === is) return;
    const wasOpen = drawn?.split(' ')[0] ?? '';
    drawn = is;
    set(steps, { hidden: !famous });
    set(source, { hidden: !famous });
    if (!famous) {
      about.replaceChildren(
        make('h3', { tabindex: -1, text: 'Famous pauses' }),
        make('p', {
          class: 'hint',
          text: 'Incidents that runtimes are known for, each broken and cured: stop the broken program, read the line, run the cure, compare both stops.',
        }),
        make(
          'ul',
          { class: 'famous-list' },
          ...FAMOUS.map(({ name, title, runtime }) =>
            make(
              'li',
              {},
              make(
                'a',
                { href: `#famous/${name}` },
                make('b', { text: title }),
                make('small', { text: runtime }),
                shelf.all.includes(name) ? make('span', { class: 'mark', text: '✓ seen' }) : null,
              ),
            ),
          ),
        ),
      );
      return;
    }
    if (wasOpen === famous.name) return;
    const title = make('h3', { tabindex: -1, text: famous.title });
    about.replaceChildren(
      make('a', { href: '#famous', text: '← All famous pauses' }),
      title,
      make('p', { class: 'hint', text: famous.runtime }),
      ...blocks(famous.history),
    );
    source.replaceChildren(
      'Source: ',
      make('a', { href: famous.link, target: '_blank', rel: 'noopener noreferrer', text: famous.source }),
    );
    if (drawn !== undefined && document.activeElement === document.body) title.focus({ preventScroll: true });
  }

  function drawSteps(famous: Famous) {
    const { status } = store.state;
    const here = isLive(status) ? halves(famous) : [];
    const buttons = (which: Which) => {
      const { press } = famous[which];
      const isOn = which === 'before' || seen.before !== null;
      if (!here.includes(which)) {
        const label = which === 'before' ? 'Run it as it was' : 'Run the cure';
        const isNext = which === 'after' && !seen.after;
        return isOn ? [button(which, label, isNext, status !== 'starting')] : [];
      }
      if (press === null || !isOn) return [];
      if (status === 'stopping') return [button('back', 'Take it back', true, true)];
      const can = status === 'running' || status === 'stopped';
      const stop = `${status === 'stopped' ? 'Resume and stop' : 'Stop the world'} for ${REASON_NAMES[press]}`;
      return [button(`stop ${which}`, stop, !seen[which], can)];
    };
    const item = (which: Which, number: number) => {
      const isDone = seen[which] !== null;
      const isNow = which === 'before' ? !isDone : seen.before !== null && !isDone;
      return make(
        'li',
        { class: isDone ? 'ok' : isNow ? 'now' : null, 'aria-current': isNow ? 'step' : null },
        make('span', { class: 'mark', 'aria-hidden': 'true', text: isDone ? '✓' : String(number) }),
        make(
          'div',
          {},
          make('h4', { text: which === 'before' ? 'Before' : 'After' }),
          ...blocks(famous[which].text),
          which === 'after' ? whatChanged(famous) : null,
          ...buttons(which),
          make('p', { class: 'seen', role: 'status', 'data-half': which }, ...words(said[which])),
        ),
      );
    };
    fill(steps, item('before', 1), item('after', 2));
    // Where the rail scrolls by itself nothing else moves. Who has pressed nothing still reads.
    const next = HALVES.filter((which) => seen[which] !== null).join();
    const isPressed = famous.before.press !== null;
    if (next !== scrolled && isPressed && getComputedStyle(byId('lessons')).overflowY === 'auto')
      steps.querySelector('.now')?.scrollIntoView({ block: 'nearest' });
    scrolled = next;
  }

  function button(does: string, label: string, primary: boolean, can: boolean) {
    return make('button', {
      // Disabled it would lose the focus.
      ...{ type: 'button', class: primary ? 'primary' : null, 'data-does': does },
      ...{ 'aria-disabled': String(!can || busy), text: label },
    });
  }

  function whatChanged(famous: Famous): HTMLElement {
    const changed = changes(famous.before.program, famous.after.program).filter(
      // What comments say stands in the editor.
      ({ kind, text: line }) => kind !== 'same' && !/^\s*\/\/(?!\s*@)/.test(line),
    );
    const lines = unindented(changed);
    const settings = settingsText(famous, store.state.cores);
    const notes = settings
      ? make('p', { class: 'hint', text: `${lines.length > 0 ? 'And: ' : 'The same text; '}${settings}.` })
      : null;
    const signs = { gone: '−', new: '+', same: ' ' };
    const code = make(
      'pre',
      { class: 'changes', role: 'group', 'aria-label': 'What changes in the program' },
      ...lines.map(({ kind, text: line }) =>
        make(
          kind === 'gone' ? 'del' : 'ins',
          {},
          make('span', { 'aria-hidden': 'true', text: `${signs[kind]} ` }),
          `${line}\n`,
        ),
      ),
    );
    return make('div', {}, lines.length > 0 ? code : null, notes);
  }

  /** Where it shows the same two stops it stays as it was zoomed. */
  function drawPair(famous: Famous) {
    const { compare } = famous;
    const [before, after] = [middle('before', famous), middle('after', famous)];
    set(panel, { hidden: !before || !after });
    if (!before || !after) return;
    const told = comparedText(compare, before, after, store.state.step);
    const text = before.isEarly || after.isEarly ? `${told} ${EARLY}` : told;
    const sides: [Side | null, Side | null] = [side('before', famous), side('after', famous)];
    const is = JSON.stringify([
      text,
      ...sides.map((one) => one && [one.pause.id, one.pause.total, one.facts]),
    ]);
    if (is === paired) return;
    paired = is;
    Object.assign(panel.dataset, { before: before.figure, after: after.figure });
    pair.show(sides, {
      measured: compare === 'operation' ? compare : isOfRun(compare) ? 'run' : 'ttsp',
      text,
    });
  }

  const view = frames.add(() => {
    const { job, status, examples, errors, famous: name } = store.state;
    const isOpen = job === 'famous';
    const famous = isOpen ? wanted() : null;
    if (!famous) set(panel, { hidden: true });
    if (!isOpen) return;
    if (name !== null && !famous) {
      store.set({
        famous: null,
        notice: {
          message: `There is no famous pause called "${name}".`,
          advice: 'The list has all there are.',
        },
      });
      return;
    }
    drawAbout(famous);
    if (!famous) {
      open = null;
      return;
    }
    // A page that begins runs what it opens with first; until there is an engine nothing can begin.
    const isBusy = status === 'loading' || status === 'starting';
    const isBegun = examples.length > 0 && (status !== 'empty' || errors.length > 0);
    if (open !== famous && !isBusy && isBegun) {
      open = famous;
      seen = { ...NOTHING };
      said = { before: '', after: '' };
      if (status !== 'failed') void commands.attempt(() => begin(famous, 'before'));
    }
    drawSteps(famous);
    drawPair(famous);
  }, READABLE);

  box.append(make('h2', { class: 'sr-only', text: 'Famous pauses' }), about, steps, source);
  steps.addEventListener('click', ({ target }) => {
    const pressed = target instanceof Element ? target.closest('button') : null;
    if (pressed?.dataset.does && pressed.ariaDisabled !== 'true')
      void commands.attempt(() => act(pressed.dataset.does ?? ''));
  });
  lab.on('pause', take);
  shelf.watch(view.invalidate);
  store.on(['job', 'famous', 'status', 'run', 'errors', 'examples', 'program', 'recording'], view.invalidate);
  view.invalidate();
}
