/** The lessons: a list, the open one with what to do, and what the page has seen of it. */
import { runBrokenProtocol } from '../lessons/broken-protocol.ts';
import { RESTORED_WORKERS } from '../lessons/lessons.ts';
import { isOfLesson, moduleName, programOf } from '../lessons/programs.ts';
import { isLive } from '../app/page-state.ts';
import { byId, make, setText } from './dom.ts';
import { explained, isTerm } from './terms.ts';
import type { PageState } from '../app/page-state.ts';
import type { Lesson } from '../lessons/types.ts';
import type { Store } from '../app/store.ts';
import type { Commands } from '../app/commands.ts';
import type { Course } from '../lessons/course.ts';

export function lessonsView({
  store,
  commands,
  course,
  restore,
  program,
}: {
  store: Store<PageState>;
  commands: Commands;
  course: Course;
  /** goes on from the lesson's snapshot */
  restore: (workers: number) => Promise<void>;
  program: {
    editor: { text: string };
    open: (program: { source: string; title: string }) => Promise<boolean>;
  };
}) {
  const load = byId('lesson-load');
  const back = byId('lesson-back');
  const action = byId('lesson-action');
  const following = byId('lesson-next');
  const seen = byId('lesson-seen');
  /** What the editor had before a lesson's program took its place. */
  let replaced: { text: string; title: string } | null = null;
  /** The lesson that was open last. */
  let left: Lesson | null = null;
  let busy = false;
  let shown: Lesson | null = null;
  const stage = byId('protocol');

  byId('lessons-forget').addEventListener('click', () => course.forget());
  following.addEventListener('click', () => {
    course.open(after(course.current)?.id ?? null);
    byId('lesson-title').focus();
  });
  load.addEventListener('click', () => void commands.attempt(loadProgram));
  back.addEventListener('click', () => void commands.attempt(putBack));
  action.addEventListener('click', () => void commands.attempt(act));
  course.changed = draw;
  course.shelf.watch(draw);
  store.watch(draw);

  function after(lesson: Lesson | null) {
    return lesson ? course.lessons[course.lessons.indexOf(lesson) + 1] : undefined;
  }

  async function loadProgram() {
    const name = course.current?.program;
    if (!name) return;
    const source = programOf(store.state.examples, name);
    const isExample = store.state.examples.some((example) => example.name === name);
    const { text } = program.editor;
    if (text !== source) replaced ??= { text, title: store.state.title };
    store.set({ policy: null, counted: !course.current?.uncounted });
    if (await program.open({ source, title: isExample ? name : (course.current?.title ?? name) }))
      await commands.run(source);
    draw();
  }

  /** Breakpoints of one lesson would stop the next one, with nothing said of them. One's own program keeps its own. */
  function leaveBreakpoints() {
    const isShipped = store.state.example >= 0 || isOfLesson(program.editor.text);
    if (left !== null && left !== course.current && isShipped) void commands.breakpoints.clear();
    left = course.current;
  }

  async function putBack() {
    if (!replaced) return;
    const { text, title } = replaced;
    replaced = null;
    await program.open({ source: text, title });
    draw();
  }

  async function act() {
    const { current } = course;
    if (!current?.action || busy) return;
    busy = true;
    draw();
    try {
      if (current.action.does === 'restore') await restore(RESTORED_WORKERS);
      else {
        const observed = await runBrokenProtocol();
        if (course.current === current) course.feed({ kind: 'observed', observed }, store.state.step);
      }
    } finally {
      busy = false;
      draw();
    }
  }

  /** Few readers come that far: the others do not wait for it. */
  async function setStage() {
    const { protocolView } = await import('./protocol.ts');
    if (!stage.hasChildNodes()) protocolView(stage);
  }

  function draw() {
    const { current } = course;
    if (!current) {
      if (store.state.job === 'learn') course.open(course.next?.id ?? null);
      return;
    }
    drawList(course);
    if (current !== shown) {
      shown = current;
      leaveBreakpoints();
      setText(byId('lesson-title'), `${course.lessons.indexOf(current) + 1}. ${current.title}`);
      byId('lesson-text').replaceChildren(...current.text.map((text) => make('p', {}, ...rich(text))));
      byId('lesson-task').replaceChildren(...rich(current.task));
    }
    const isStepped = current.stepped === true && store.state.job === 'learn';
    stage.hidden = !isStepped;
    if (isStepped && !stage.hasChildNodes()) void commands.attempt(setStage);
    setText(seen, course.seen?.text ?? '');
    seen.classList.toggle('done', course.seen?.done ?? false);
    drawButtons(current);
  }

  function drawButtons(current: Lesson) {
    const { status, examples, program: loaded } = store.state;
    const started = status !== 'loading' && status !== 'failed' && examples.length > 0;
    const source = started && current.program ? programOf(examples, current.program) : null;
    const there = source !== null && loaded?.name === moduleName(source);
    const ready = source === null || there;
    const { counted = true } = store.state.run ?? {};
    load.hidden = source === null || (there && isLive(status) && !(current.uncounted && counted));
    setText(load, there ? 'Run its program' : 'Load its program');
    load.classList.toggle('primary', !there);
    back.hidden = replaced === null;
    action.hidden = !current.action || !ready || !current.action.ready(course.memory);
    setText(action, busy ? 'Running' : (current.action?.label ?? ''));
    // Disabled it would lose the focus.
    action.setAttribute('aria-disabled', String(busy));
    following.hidden = !course.seen?.done || after(current) === undefined;
  }
}

function drawList(course: Course) {
  const { lessons, done, current } = course;
  const list = byId('lesson-list');
  const finished = lessons.filter(({ id }) => done.has(id)).length;
  setText(byId('lessons-progress'), `${finished} of ${lessons.length} done`);
  byId('lessons-forget').hidden = finished === 0;
  if (list.children.length === 0) {
    lessons.forEach(({ id, title }, i) => {
      const name = make('span', { class: 'name', text: title });
      const mark = make('span', { class: 'mark' });
      const pick = make('button', { type: 'button', class: 'ghost', onclick: () => course.open(id) });
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

/** `[term]` and `` `code` `` as what they are. */
function rich(text: string) {
  return text.split(/(\[[^\]]+\]|`[^`]+`)/).map((part) => {
    const inner = part.slice(1, -1);
    if (part.startsWith('[')) return isTerm(inner) ? explained(inner) : inner;
    return part.startsWith('`') ? make('code', { text: inner }) : part;
  });
}
