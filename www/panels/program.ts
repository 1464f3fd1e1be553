/** The program: the list of examples, the editor, files, and what is wrong with the text. */
import { boundText, bytes, plural } from '../words/format.ts';
import { LARGEST_FILE } from '../run/recorded-file.ts';
import { plainLines } from '../run/lines.ts';
import { boundOf } from '../run/longest-path.ts';
import { samePolicy } from '../run/policy.ts';
import { policyOf } from '../run/run-summary.ts';
import { LONGEST_LESSON, isLesson } from '../app/brought.ts';
import { isLive, isOfRun } from '../app/page-state.ts';
import { leaveRecorded } from '../app/replay.ts';
import { byId, make, words } from './dom.ts';
import { Editor } from './editor.ts';
import { evidence } from './evidence.ts';
import { explained } from './terms.ts';
import { showSource } from './linked-panes.ts';
import { examplesView } from './examples.ts';
import { isSnapshot } from './snapshot.ts';
import type { Kept, PageState } from '../app/page-state.ts';
import type { Lent } from '../app/settings.ts';
import type { Which } from './program-lines.ts';
import type { Store } from '../app/store.ts';
import type { Commands } from '../app/commands.ts';
import type { Frames } from '../draw/frame.ts';
import type { InstructionInfo } from '../run/types.ts';
import type { KeptPrograms } from '../app/kept-programs.ts';
import type { BreakMark } from './editor-marks.ts';
import type { PathBound, Program } from '../run/types.ts';

/**
 * Shows files that are no program: a snapshot's file, a recorded run's, a lesson's, and a run of an
 * example that was recorded elsewhere, for where nothing can run.
 */
type Openers = {
  snapshot: (file: File) => Promise<void>;
  recorded: (file: File) => Promise<void>;
  example: () => Promise<boolean>;
  lesson: (text: string) => void;
};

/** How long the text must be left alone before it is read, milliseconds. */
const QUIET = 250;
/** What a file may be, and how large: what is dropped by mistake is refused before it is read. */
const KINDS = {
  program: { most: 8e6, what: 'a program' },
  snapshot: { most: 100e6, what: 'a snapshot' },
  recorded: { most: LARGEST_FILE, what: 'a recorded run' },
  lesson: { most: 4 * LONGEST_LESSON, what: 'a lesson' },
};
/** Every binary module begins with a byte that no text has. */
const TEXT = /^[\t\n\r\x20-\x7e\u00a0-\uffff]*$/u;

/** @returns `open` also reads it, perhaps with the settings it is meant to run with, and tells whether it can run */
export function programView({
  store,
  commands,
  frames,
  instructions,
  openers,
  kept,
}: {
  store: Store<PageState>;
  commands: Commands;
  frames: Frames;
  instructions: () => InstructionInfo[];
  openers: Openers;
  kept: KeptPrograms;
}): {
  editor: Editor;
  showLine: (line: number, which?: Which) => void;
  show: (program: Kept) => void;
  open: (program: Kept, as?: Partial<Lent>) => Promise<boolean>;
} {
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const editor = new Editor(byId('editor'), {
    changed() {
      clearTimeout(quiet);
      quiet = setTimeout(read, QUIET);
      if (store.state.example >= 0) store.set({ example: -1, title: `${store.state.title} (changed)` });
    },
    run: () => void commands.run(editor.text),
    toggleBreakpoint(line, column) {
      const then = lines.toProgramThen(line);
      read();
      void commands.breakpoints.toggle(then, column);
    },
    instructions,
  });

  const { lines } = editor;

  /** Has a text read that has changed. */
  function read() {
    if (quiet === undefined) return;
    clearTimeout(quiet);
    quiet = undefined;
    // Run may have loaded it meanwhile: a second time would take back what the run has ended with.
    if (commands.loaded !== editor.text) void commands.load(editor.text);
  }

  /** Another program takes the place of this one, which is kept if the user has written it. */
  const put = (given: string, title: string, as?: Partial<Lent>) => {
    // As the editor has it.
    const source = plainLines(given);
    clearTimeout(quiet);
    quiet = undefined;
    leaveRecorded(store);
    const { example, examples, title: before } = store.state;
    if (example < 0 && editor.text !== source)
      kept.add({ title: before || 'Your program', source: editor.text });
    if (as) commands.lend(source, as);
    else if (store.state.lent?.source !== source) commands.giveBack();
    store.set({ example: examples.findIndex((other) => other.source === source), title });
    editor.text = source;
    kept.show();
  };

  /** A program that is known already keeps its title: a script or a snapshot tells the name of its module alone. */
  function titleOf({ source, name }: Program) {
    const { examples, kept: others, title } = store.state;
    if (editor.text === source) return title;
    const example = examples.find((one) => one.source === source);
    return example?.name ?? others.find((one) => one.source === source)?.title ?? name;
  }

  const open = async ({ source, title }: Kept, as?: Partial<Lent>) => {
    put(source, title, as);
    const can = await commands.load(editor.text);
    // What was found out of another program is no finding about this one; its pauses stay in the list.
    if (!isLive(store.state.status) && !store.state.replay && !isOfRun(store.state))
      store.set({ selected: null, view: 'live' });
    return can;
  };

  store.on(['adopted'], ({ adopted }) => {
    if (!adopted) return;
    put(adopted.source, titleOf(adopted));
    commands.loaded = adopted.source;
  });

  commands.breakpoints.marks = ({ source }) => (lines.take('loaded', source) ? editor.breakpoints : null);
  store.on(['program', 'reading', 'run', 'status'], ({ program, reading, run }) => {
    if (run?.program) lines.take('ran', run.program.source);
    if (program && lines.take('loaded', program.source)) void commands.breakpoints.agree();
    if (reading === null) lines.settle();
    else if (reading === editor.text) lines.handOver();
  });
  store.watch((state) => editor.showBreakpoints(marksOf(state)));

  /** What was chosen runs at once: the choice is the wish to see it. */
  const runExample = async (index: number) => {
    const chosen = store.state.examples[index];
    if (chosen && store.state.cannot) {
      put(chosen.source, chosen.name);
      if (await openers.example()) return;
    }
    if (chosen && (await open({ source: chosen.source, title: chosen.name })))
      await commands.run(editor.text);
  };
  examplesView(store, {
    example: (index) => void commands.attempt(() => runExample(index)),
    kept: (chosen) => void open(chosen),
  });
  files(store, commands, put, openers);
  problems(store, editor, openers.lesson);
  facts(store);
  evidence(store, frames, editor);

  return {
    editor,
    show: ({ source, title }) => put(source, title),
    open,
    showLine(line, which = 'loaded') {
      showSource();
      editor.goToLine(which, line);
    },
  };
}

/** The first breakpoint of each line and each statement, and those that were refused. */
function marksOf({ breakpoints, drafts }: PageState) {
  const marks: Map<string, BreakMark> = new Map();
  const lines: Set<number> = new Set();
  for (const { id, line, column = null, condition, hits } of breakpoints) {
    const place = `${line}:${column}`;
    if (line === null || marks.has(place)) continue;
    lines.add(line);
    const draft = drafts.find((one) => one.id === id) ?? null;
    marks.set(place, { id, line, column, condition: condition ?? '', hits, draft, set: true });
  }
  for (const { id, line, condition, hits } of drafts) {
    if (id === null && !lines.has(line))
      marks.set(`${line}`, { id, line, column: null, condition, hits, draft: null, set: false });
  }
  return [...marks.values()];
}

/** @param put shows another program */
function files(
  store: Store<PageState>,
  commands: Commands,
  put: (source: string, title: string) => void,
  openers: Openers,
) {
  const input = byId<HTMLInputElement>('file');
  const area = byId('program');
  const read = async (file: File) => {
    // How large it is, is known before it is read.
    const kind = await kindOf(file);
    const { most, what } = KINDS[kind];
    if (file.size > most) {
      commands.report({
        message: `${file.name} is ${bytes(file.size)}, too large for ${what}.`,
        advice: `Take a file of at most ${bytes(most)}.`,
      });
      return;
    }
    if (kind === 'snapshot') return openers.snapshot(file);
    if (kind === 'recorded') return openers.recorded(file);
    if (kind === 'lesson') return openers.lesson(await file.text());
    const content = new Uint8Array(await file.arrayBuffer());
    const text = asText(content);
    if (text !== null) {
      put(text, file.name);
      await commands.load(plainLines(text));
      return;
    }
    if (!(await commands.load(content, (source) => put(source, file.name)))) {
      const { refused } = commands;
      const where = refused ? ` ${refused.message} (at byte ${refused.offset})` : '';
      commands.report({
        message: `${file.name} is not a program.${where}`,
        advice:
          'Open a text in TypeScript or assembler, a binary module, a snapshot, a recorded run or a lesson.',
      });
    }
  };
  const open = (file: File | undefined) => {
    if (!file) return;
    read(file).catch(() =>
      commands.report({
        message: `${file.name} could not be read.`,
        advice: 'It may be a folder, or it was changed or removed meanwhile: choose one file.',
      }),
    );
  };
  byId('open').addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    open(input.files?.[0]);
    input.value = '';
  });
  document.addEventListener('dragover', (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes('Files')) return;
    event.preventDefault();
    area.classList.add('drop');
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) area.classList.remove('drop');
  });
  document.addEventListener(
    'drop',
    (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      area.classList.remove('drop');
      open(event.dataTransfer.files[0]);
    },
    { capture: true },
  );
}

/** What a file says that it is; JSON, as no program is, can only be a recorded run. */
async function kindOf(file: File) {
  if (await isSnapshot(file)) return 'snapshot';
  const head = await file.slice(0, 100).text();
  if (isLesson(head)) return 'lesson';
  return /^\ufeff?\s*\{/.test(head) ? 'recorded' : 'program';
}

/** @returns null when it is no text */
function asText(content: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    return TEXT.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** What is wrong, in words beside the editor, and marked in it. */
function problems(store: Store<PageState>, editor: Editor, openLesson: (text: string) => void) {
  const box = byId('problems');
  let wrong = false;
  store.watch(({ errors, warnings }) => {
    const all = [...errors, ...warnings];
    box.hidden = all.length === 0;
    box.classList.toggle('only-warnings', errors.length === 0);
    editor.showProblems(errors, warnings);
    const list = make('ul');
    for (const error of all.slice(0, 20)) {
      const where = error.line >= 1 ? `Line ${error.line}, column ${error.column}` : `Byte ${error.offset}`;
      list.append(
        make(
          'li',
          {},
          error.line >= 1
            ? make('button', {
                type: 'button',
                class: 'link',
                onclick: () => editor.goTo(error.line, error.column),
                text: where,
              })
            : make('b', { text: where }),
          `: ${error.message}`,
        ),
      );
    }
    if (all.length > 20) list.append(make('li', { text: `and ${all.length - 20} more` }));
    const open = make('button', {
      type: 'button',
      class: 'link',
      onclick: () => openLesson(editor.text),
      text: 'Open the lesson',
    });
    box.replaceChildren(list, ...(errors.length > 0 && isLesson(editor.text) ? [open] : []));
    if (errors.length > 0) store.set({ spoken: `The program has ${plural(errors.length, 'error')}.` });
    else if (wrong) store.set({ spoken: 'The program has no errors any more.' });
    wrong = errors.length > 0;
  });
}

/** Size, poll sites, and the longest path without a poll. */
function facts(store: Store<PageState>) {
  const size = byId('program-size');
  const bounds = byId('bounds');
  store.watch(({ program }) => {
    const sites = program?.listing.filter((row) => row.poll !== null).length ?? 0;
    size.replaceChildren(
      ...(program && program.listing.length > 0
        ? [
            `${plural(program.listing.length, 'instruction')} · `,
            explained('poll site', plural(sites, 'poll site')),
          ]
        : []),
    );
  });
  store.watch((state) => {
    const { program, errors, bounds: known } = state;
    bounds.hidden = !program || errors.length > 0;
    bounds.replaceChildren(...(known ? longestPath(known) : []), ...(known ? measured(state) : []));
  });
}

function longestPath(bounds: PathBound[]): (string | Node)[] {
  const endless = bounds.filter((bound) => bound.instructions === null);
  const longest = Math.max(0, ...bounds.map((bound) => bound.instructions ?? 0));
  const name = explained('longest path', 'Longest path without a poll');
  const bound = boundOf(bounds);
  const long = bounds.find((of) => of.long)?.long;
  if (bound) return [name, ...words(`: ${boundText(bound)}${long ? `; ${long}` : ''}.`)];
  const [worst] = endless;
  if (!worst) return [];
  return [
    name,
    ': ',
    make('b', { text: 'unbounded' }),
    ' in ',
    make('code', { text: worst.function }),
    `${worst.line === null ? '' : `, line ${worst.line}`}`,
    ...words(`${worst.words ? `, ${worst.words}` : ''}: ${worst.why}. `),
    `Elsewhere at most ${plural(longest, 'instruction')}.`,
  ];
}

/** What was seen of it in the run, if that polled where the next one will. */
function measured(state: PageState): (string | Node)[] {
  const { longest, run, policy } = state;
  if (!longest || !run || !isOfRun(state) || !samePolicy(policyOf(run), policyOf({ ...run, policy })))
    return [];
  const { instructions, text, worker } = longest;
  return [` Measured: ${instructions}, by worker ${worker}, up to `, ...words(text), '.'];
}
