/** A protocol, step by step: its threads side by side, the words that they share, and the way to what goes wrong. */
import { modelOf, PROTOCOLS } from '../protocol/protocols.ts';
import { Walk } from '../protocol/walk.ts';
import { plural } from '../words/format.ts';
import { fill, make, set, setText } from './dom.ts';
import type { Fault, Found } from '../protocol/search.ts';

/** Of each protocol that was searched. */
const known: Map<string, Found> = new Map();

/** @param box takes it in, and is empty */
export function protocolView(box: HTMLElement) {
  const choice = make(
    'select',
    { id: 'protocol-choice' },
    ...PROTOCOLS.map(({ id, name }) => make('option', { value: id, text: name })),
  );
  const about = make('p');
  const found = make('p', { role: 'status' });
  const ways = make('p', { class: 'row' });
  const said = make('p', { class: 'said', role: 'status' });
  const back = make('button', { type: 'button', text: 'Step back' });
  const next = make('button', { type: 'button', class: 'primary', text: 'Next step' });
  const over = make('button', { type: 'button', class: 'ghost', text: 'From the beginning' });
  const threads = make('div', { class: 'threads' });
  const words = make('table', { class: 'words' });
  box.append(
    make('h3', { text: 'Step by step' }),
    make('p', {
      text: 'Every line is one atomic step. Choose which thread moves next, or go the shortest way to the mistake.',
    }),
    make('p', { class: 'row' }, make('label', { class: 'field' }, 'Protocol ', choice)),
    about,
    found,
    ways,
    make('p', { class: 'row' }, back, next, over),
    said,
    make('div', { class: 'stage' }, threads, make('div', { class: 'scroll', tabindex: 0 }, words)),
  );

  let protocol = PROTOCOLS[0];
  let walk = new Walk(modelOf(protocol));
  choice.addEventListener('change', () => void open(choice.value));
  back.addEventListener('click', () => {
    walk.back();
    draw();
  });
  next.addEventListener('click', () => {
    if (walk.next !== null) walk.move(walk.next);
    draw();
  });
  over.addEventListener('click', () => {
    walk.restart(walk.goal);
    draw();
  });
  threads.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (!button) return;
    walk.move(Number(button.dataset.thread));
    draw();
  });
  ways.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    const fault = button ? known.get(protocol.id)?.faults[Number(button.dataset.fault)] : null;
    if (!fault) return;
    walk.restart(fault);
    draw();
  });
  void open(protocol.id);

  async function open(id: string) {
    const chosen = PROTOCOLS.find((one) => one.id === id);
    if (!chosen) return;
    protocol = chosen;
    walk = new Walk(modelOf(chosen));
    draw();
    try {
      if (!known.has(id)) known.set(id, await searched(id));
    } catch (thrown) {
      if (protocol === chosen)
        setText(
          found,
          `The search for what can go wrong failed: ${thrown instanceof Error ? thrown.message : String(thrown)}. Choose the protocol again to repeat it; stepping works without.`,
        );
      return;
    }
    if (protocol !== chosen) return;
    if (walk.taken.length === 0) walk.restart(known.get(id)?.faults[0] ?? null);
    draw();
  }

  function draw() {
    const { model, taken } = walk;
    const result = known.get(protocol.id);
    setText(about, protocol.about);
    setText(found, result ? resultText(result) : 'Trying every order ...');
    fill(ways, ...wayButtons(result));
    // Disabled they would lose the focus of a user who presses them again and again.
    set(back, { ariaDisabled: String(taken.length === 0) });
    set(next, { ariaDisabled: String(walk.next === null) });
    set(over, { ariaDisabled: String(taken.length === 0) });
    setText(said, saidText());
    said.classList.toggle('wrong', isWrong());
    fill(threads, ...model.threads.map((_, thread) => column(thread)));
    fill(words, ...wordRows());
  }

  function wayButtons(result: Found | undefined) {
    const faults = result?.faults ?? [];
    return faults.map((fault, i) =>
      make('button', {
        type: 'button',
        'data-fault': i,
        'aria-pressed': String(fault === walk.goal),
        text: faultName(fault),
      }),
    );
  }

  function faultName({ kind, thread, steps }: Fault) {
    const name = walk.model.threads[thread]?.name ?? '';
    const does = kind === 'ran' ? 'works in the stopped world' : 'waits for ever';
    return `${name} ${does}: ${plural(steps.length, 'step')}`;
  }

  function isWrong() {
    const { taken, goal } = walk;
    const there = walk.onWay && taken.length === goal?.steps.length;
    return taken.at(-1)?.wrong || (there && goal?.kind === 'stuck');
  }

  /** What the last step did, and what is to be said of where it led. */
  function saidText() {
    const { taken, goal, model } = walk;
    const last = taken.at(-1);
    if (!last) return 'No thread has moved yet.';
    const step = `Step ${taken.length}${walk.onWay ? ` of ${goal?.steps.length}` : ''}: ${last.says}`;
    if (last.wrong)
      return `${step} The requester collects at the same time: what it takes for garbage may be in use.`;
    if (isWrong())
      return `${step} ${model.threads[goal?.thread ?? 0]?.name} waits, and it never moves again, no matter what the others do.`;
    if (model.threads.every((_, thread) => !walk.canMove(thread))) return `${step} No thread can move.`;
    return step;
  }

  function column(thread: number) {
    const { name, lines } = walk.model.threads[thread];
    const current = walk.line(thread);
    const moves = walk.canMove(thread);
    const where = current === null ? 'done' : moves ? '' : 'waits';
    const button = make('button', {
      type: 'button',
      'data-thread': thread,
      'aria-disabled': String(!moves),
      class: thread === walk.next ? 'next' : null,
      'aria-label': `Step of ${name.toLowerCase()}`,
      text: 'Step',
    });
    const items = lines.map((line) =>
      make('li', { 'aria-current': line === current ? 'step' : null, text: line.text }),
    );
    return make(
      'section',
      { 'aria-label': name, class: moves ? null : 'still' },
      make('h4', {}, name, ' ', make('small', { text: where }), button),
      make('ol', {}, ...items),
    );
  }

  function wordRows() {
    const { model, state, taken } = walk;
    const before = taken.at(-2)?.state.memory ?? walk.begin.memory;
    const rows = model.words.map(({ key, name, show }) => {
      const value = state.memory[key] ?? 0;
      const changed = taken.length > 0 && value !== before[key];
      return make(
        'tr',
        {},
        make('th', { scope: 'row', text: name }),
        make('td', { class: changed ? 'changed' : null, text: show(value) }),
      );
    });
    const belief = model.stopped(state.memory) ? 'stopped' : 'running';
    rows.push(
      make(
        'tr',
        {},
        make('th', { scope: 'row', text: 'the world, as the requester sees it' }),
        make('td', { class: belief, text: belief }),
      ),
    );
    return [make('caption', { text: 'What they share' }), make('tbody', {}, ...rows)];
  }
}

function resultText({ states, faults }: Found) {
  const tried = `Every order was tried: ${states.toLocaleString('en')} states.`;
  return faults.length === 0
    ? `${tried} No worker works in a stopped world, and no thread waits for ever.`
    : `${tried} The mistakes, each on its shortest way:`;
}

function searched(id: string): Promise<Found> {
  const worker = new Worker(new URL('../protocol/search.worker.ts', import.meta.url), { type: 'module' });
  const answer: Promise<Found> = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message || 'its worker does not start'));
    worker.postMessage(id);
  });
  return answer.finally(() => worker.terminate());
}
