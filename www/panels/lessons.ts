/** The lessons: a list, the open one with its steps, and what the page has seen of them. */
import { runBrokenProtocol } from '../lessons/broken-protocol.ts';
import { isOfLesson, moduleName, programFor, programOf } from '../lessons/programs.ts';
import { BROUGHT } from '../app/brought.ts';
import { isLive } from '../app/page-state.ts';
import { openAsMeant } from './as-meant.ts';
import { byId, fill, folds, make, set, setText } from './dom.ts';
import { blocks, inline } from './markdown.ts';
import type { Does, Lesson, PollChange, Step } from '../lessons/types.ts';
import type { Reason } from '../run/types.ts';
import type { Page } from './page.ts';
import type { Course } from '../lessons/course.ts';

export function lessonsView({
  store,
  commands,
  course,
  restore,
  program,
}: Pick<Page, 'store' | 'commands' | 'program'> & {
  course: Course;
  /** goes on from the lesson's snapshot */
  restore: (workers: number) => Promise<void>;
}) {
  const load = byId('lesson-load');
  const back = byId('lesson-back');
  const following = byId('lesson-next');
  const list = byId('lesson-steps');
  /** What the editor had before a lesson's program took its place. */
  let replaced: { text: string; title: string } | null = null;
  let busy = false;
  let shown: Lesson | null = null;
  const stage = byId('protocol');

  folds(byId('lesson-more'));
  byId('lessons-forget').addEventListener('click', () => course.forget());
  following.addEventListener('click', () => {
    course.open(after(course.current)?.id ?? null);
    byId('lesson-title').focus();
  });
  load.addEventListener('click', () => void commands.attempt(() => begin()));
  back.addEventListener('click', () => void commands.attempt(putBack));
  list.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    const step = course.current?.steps[Number(button?.dataset.step ?? NaN)];
    if (step?.button) void commands.attempt(() => act(step.button as Does));
  });
  course.changed = draw;
  course.shelf.watch(draw);
  store.watch(draw);

  /** A program from elsewhere runs when the reader has seen it. */
  async function opened(current: Lesson) {
    const source = programFor(store.state.examples, current);
    const from = current.id === BROUGHT ? store.state.brought : null;
    if (from?.from === 'link' || source === null) return;
    if (current.waits || from?.from === 'file') {
      await prepare(current, source);
      // What runs is another program.
      await commands.stop();
    } else await begin();
  }

  function after(lesson: Lesson | null) {
    return lesson ? course.lessons[course.lessons.indexOf(lesson) + 1] : undefined;
  }

  /**
   * Puts the lesson's program into the editor, with what the lesson needs.
   *
   * @param source the program: the lesson's, or what the reader made of it
   * @returns whether it can run
   */
  async function prepare(current: Lesson, source: string, more: PollChange[] = []) {
    const { examples } = store.state;
    const isExample = examples.some((example) => example.name === current.program);
    const { text } = program.editor;
    if (text !== source && !isOfLesson(text) && store.state.example < 0)
      replaced ??= { text, title: store.state.title };
    const title = isExample ? (current.program ?? '') : current.title;
    const { workers, counted, polls } = current;
    const meant = { source, title, workers, counted, polls: [...polls, ...more] };
    return openAsMeant({ store, commands, program }, meant);
  }

  /** Has the lesson's program run as the lesson needs it. */
  async function begin(more: PollChange[] = [], source?: string) {
    const { current } = course;
    const text = source ?? (current && programFor(store.state.examples, current));
    if (current && text !== null && (await prepare(current, text, more))) await commands.run(text);
    draw();
  }

  async function putBack() {
    if (!replaced) return;
    const { text, title } = replaced;
    replaced = null;
    await program.open({ source: text, title });
    draw();
  }

  async function act(what: Does) {
    if (busy || !isPossible(what)) return;
    const { current } = course;
    busy = true;
    draw();
    try {
      switch (what.does) {
        case 'stop':
          return await stop(what.reason);
        case 'snapshot':
          return await commands.stopWorld('snapshot');
        case 'resume':
          return await commands.resume();
        case 'restore':
          return await restore(what.workers);
        case 'run':
          // The reader's own version of the program, if there is one.
          await begin(what.polls, isTheirs() ? program.editor.text : undefined);
          if (what.stop) await commands.stopWorld('gc');
          return;
        case 'protocol': {
          const observed = await runBrokenProtocol();
          if (course.current === current) course.feed({ kind: 'observed', observed }, store.state.step);
        }
      }
    } finally {
      busy = false;
      draw();
    }
  }

  /** In a stopped world the next stop begins with letting it go. */
  async function stop(reason: Reason) {
    if (store.state.status === 'stopped') await commands.resume();
    // It is a stop of its own: its pause is awaited where it is told of, and the button is free to take it back.
    void commands.stopWorld(reason);
  }

  /** Whether what is in the editor is the lesson's program, perhaps changed by the reader, or an answer to its task. */
  function isTheirs() {
    const name = course.current?.program ?? null;
    if (name === null) return true;
    return moduleName(program.editor.text) === moduleName(programOf(store.state.examples, name));
  }

  /** Few readers come that far: the others do not wait for it. */
  async function setStage() {
    const { protocolView } = await import('./protocol.ts');
    if (!stage.hasChildNodes()) protocolView(stage);
  }

  function draw() {
    const { current } = course;
    const { job, status, examples, errors } = store.state;
    const isOpen = job === 'learn';
    const isStepped = isOpen && current?.stepped === true;
    set(stage, { hidden: !isStepped });
    if (!isOpen) return;
    if (!current) {
      course.open(course.next?.id ?? null);
      return;
    }
    // A page that begins runs what it opens with first.
    const isBusy = status === 'loading' || status === 'starting';
    const isBegun = examples.length > 0 && (status !== 'empty' || errors.length > 0);
    const started = !isBusy && isBegun;
    drawList(course);
    if (current !== shown) {
      // Until there is an engine nothing can begin.
      if (!started) return;
      shown = current;
      store.set({ lessonOpen: current.id, lessonProgram: programFor(examples, current) });
      setText(byId('lesson-title'), `${course.lessons.indexOf(current) + 1}. ${current.title}`);
      byId('lesson-text').replaceChildren(...blocks(current.text));
      if (status !== 'failed') void commands.attempt(() => opened(current));
    }
    if (isStepped && !stage.hasChildNodes()) void commands.attempt(setStage);
    const isElsewhere = drawButtons(current, started);
    fill(list, ...current.steps.map((step, i) => stepOf(step, i, isElsewhere)));
    const seen = byId('lesson-seen');
    const said = course.isOver && course.said ? `${course.said} The lesson is done.` : course.said;
    const isNews = said !== '' && seen.textContent !== said;
    setText(seen, said);
    // Where the rail scrolls by itself nothing else moves.
    if (isNews && getComputedStyle(byId('lessons')).overflowY === 'auto')
      seen.scrollIntoView({ block: 'nearest' });
    seen.classList.toggle('done', course.isOver);
  }

  /** @param isElsewhere whether another program runs: the step speaks of the lesson's */
  function stepOf({ text, button }: Step, i: number, isElsewhere: boolean) {
    const isDone = i < course.steps;
    const isNext = i === course.steps;
    return make(
      'li',
      { class: isDone ? 'ok' : isNext ? 'now' : null, 'aria-current': isNext ? 'step' : null },
      make('span', { class: 'mark', 'aria-hidden': 'true', text: isDone ? '✓' : String(i + 1) }),
      make(
        'div',
        {},
        make('span', {}, ...inline(text)),
        isDone ? make('span', { class: 'sr-only', text: ' done' }) : null,
        isNext && button ? buttonOf(button, i, isElsewhere) : null,
      ),
    );
  }

  function buttonOf(button: NonNullable<Step['button']>, i: number, isElsewhere: boolean) {
    const can = isPossible(button);
    const again = button.does === 'stop' && store.state.status === 'stopped';
    return make('button', {
      // Disabled it would lose the focus.
      ...{
        type: 'button',
        class: isElsewhere ? null : 'primary',
        'data-step': i,
        'aria-disabled': String(!can),
      },
      text: again ? 'Resume and stop again' : button.label,
    });
  }

  function isPossible({ does }: Does) {
    const { status } = store.state;
    switch (does) {
      case 'stop':
        return status === 'running' || status === 'stopped';
      case 'snapshot':
        return status === 'running';
      case 'resume':
        return status === 'stopping' || status === 'stopped';
      case 'restore':
        return course.snapshot !== null && !busy;
      case 'run':
        return status !== 'starting' && !busy;
      case 'protocol':
        return !busy;
    }
  }

  /** @returns whether the program that runs is not the lesson's */
  function drawButtons(current: Lesson, started: boolean): boolean {
    const { status, examples, run } = store.state;
    const source = started ? programFor(examples, current) : null;
    const ran = source !== null && run?.program?.name === moduleName(source);
    const isWrong = !current.counted && (run?.counted ?? true);
    const isElsewhere = source !== null && !ran && isLive(status);
    set(load, { hidden: source === null || (ran && isLive(status) && !isWrong) });
    load.classList.toggle('primary', isElsewhere);
    setText(load, ran ? 'Run its program again' : 'Run its program');
    set(back, { hidden: replaced === null });
    set(following, { hidden: !course.isOver || after(current) === undefined });
    return isElsewhere;
  }
}

function drawList(course: Course) {
  const { lessons, done, current } = course;
  const list = byId('lesson-list');
  const finished = lessons.filter(({ id }) => done.has(id)).length;
  setText(byId('lessons-progress'), `${finished} of ${lessons.length} done`);
  byId('lessons-forget').hidden = finished === 0;
  if (list.children.length !== lessons.length || list.dataset.last !== lessons.at(-1)?.title) {
    list.replaceChildren();
    list.dataset.last = lessons.at(-1)?.title;
    lessons.forEach(({ id, title }, i) => {
      const name = make('span', { class: 'name', text: title });
      const mark = make('span', { class: 'mark' });
      const pick = make('button', { type: 'button', class: 'ghost', title, onclick: () => course.open(id) });
      pick.append(`${i + 1} `, name, ' ', mark);
      list.append(make('li', {}, pick));
    });
  }
  lessons.forEach((lesson, i) => {
    const button = list.children[i]?.firstElementChild as HTMLElement;
    if (lesson === current) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    const mark = button.lastElementChild as HTMLElement;
    const ticked = done.has(lesson.id);
    if (ticked !== mark.hasChildNodes()) {
      mark.replaceChildren(
        ...(ticked
          ? [
              make('span', { 'aria-hidden': 'true', text: '✓' }),
              make('span', { class: 'sr-only', text: 'done' }),
            ]
          : []),
      );
    }
  });
}
