import assert from 'node:assert/strict';
import { beforeEach, test } from 'vitest';
import { Breakpoints } from '../../www/app/breakpoints.ts';
import { initialState } from '../../www/app/page-state.ts';
import { Store } from '../../www/app/store.ts';
import type { PageState } from '../../www/app/page-state.ts';

/** Has breakpoints as the engine has: with the first number that is free, and a condition that may be refused. */
class MadeLab {
  list: any[] = [];
  refuses: (condition: string) => boolean = (condition) => condition.includes(' = ');

  async breakpoint({ line, function: name, instruction, condition = '', hits = 1, id }: any) {
    await Promise.resolve();
    if (this.refuses(condition)) throw new Error('Condition, column 3: write ==.');
    const places = [{ function: name ?? 'main', instruction: instruction ?? line, offset: 0 }];
    const isTaken = (id: number) => this.list.some((one) => one.id === id);
    let free = 1;
    while (isTaken(free)) free += 1;
    const made = {
      id: id ?? free,
      line: line ?? null,
      places,
      condition: condition || null,
      hits,
      count: 0,
    };
    if (isTaken(made.id)) this.list = this.list.map((one) => (one.id === made.id ? made : one));
    else this.list.push(made);
    return made;
  }

  async clearBreakpoints(id: number) {
    await Promise.resolve();
    this.list = this.list.filter((one) => one.id !== id);
  }

  async breakpoints() {
    return [...this.list];
  }
}

let lab: MadeLab;
let store: Store<PageState>;
let breakpoints: Breakpoints;
let commands: {
  attempt: (action: () => unknown) => Promise<unknown>;
  loading: { answer: Promise<boolean> } | null;
};

beforeEach(() => {
  lab = new MadeLab();
  store = new Store(initialState(2));
  commands = { attempt: async (action) => action(), loading: null };
  breakpoints = new Breakpoints(lab as any, store, commands as any);
});

/** @returns the program made of it */
const made = (source: string): any => ({ source, listing: [] });
const first = () => store.state.breakpoints[0];
const set = () => store.state.breakpoints.map(({ line, condition, hits }) => ({ line, condition, hits }));

test('two changes right after each other both count, and leave one breakpoint', async () => {
  await breakpoints.toggle(() => 4);
  const before = first();
  // As a row does that has not yet heard of the first change.
  const condition = breakpoints.change(before, { condition: 'i > 3', hits: 1 });
  const hits = breakpoints.change(before, { condition: 'i > 3', hits: 5 });
  await Promise.all([condition, hits]);
  assert.deepEqual(set(), [{ line: 4, condition: 'i > 3', hits: 5 }]);
  assert.equal(first().id, before.id, 'it is the same one');
  await breakpoints.remove(before);
  assert.deepEqual(set(), []);
});

test('what is refused is kept as it was typed, beside the breakpoint that stays', async () => {
  await breakpoints.toggle(() => 4);
  await breakpoints.change(first(), { condition: 'i = 3', hits: 2 });
  assert.deepEqual(set(), [{ line: 4, condition: null, hits: 1 }]);
  const [draft] = store.state.drafts;
  assert.equal(draft?.id, first().id);
  assert.deepEqual([draft?.condition, draft?.hits], ['i = 3', 2]);
  assert.match(draft?.message ?? '', /column 3/);
  assert.match(store.state.spoken, /column 3/);
  // Back to what it was: nothing is wrong any more.
  await breakpoints.change(first(), { condition: '', hits: 1 });
  assert.deepEqual(store.state.drafts, []);
});

test('another text has the same breakpoints, or says which it cannot have', async () => {
  const mark = { id: null, hits: 1, draft: null };
  lab.refuses = (condition) => condition.includes('gone');
  const wrong = { condition: 'i = 1', hits: 1, message: 'wrong' };
  breakpoints.marks = () => [
    { ...mark, line: 3, condition: '' },
    { ...mark, line: 5, condition: 'gone > 1', hits: 4 },
    { ...mark, line: 7, condition: 'i > 1', draft: wrong },
  ];
  store.set({ status: 'ready', program: made('another') });
  await breakpoints.agree();
  assert.deepEqual(
    set().map(({ line }) => line),
    [3, 7],
  );
  const drafts = store.state.drafts.map(({ id, line, condition, hits }) => ({ id, line, condition, hits }));
  assert.deepEqual(drafts, [
    { id: null, line: 5, condition: 'gone > 1', hits: 4 },
    { id: 2, line: 7, condition: 'i = 1', hits: 1 },
  ]);

  const refused = store.state.drafts.find(({ id }) => id === null);
  assert.ok(refused);
  await breakpoints.retry(refused, { condition: 'i > 1', hits: 4 });
  assert.deepEqual(
    store.state.drafts.map(({ line }) => line),
    [7],
  );
  assert.deepEqual(set().at(-1), { line: 5, condition: 'i > 1', hits: 4 });
});

test('a click takes away what a click has set, also what was refused', async () => {
  await breakpoints.toggle(() => 4);
  await breakpoints.toggle(() => 4);
  assert.deepEqual(set(), []);
  store.set({ drafts: [{ id: null, line: 9, condition: 'gone', hits: 1, message: 'wrong' }] });
  await breakpoints.toggle(() => 9);
  assert.deepEqual(store.state.drafts, []);
  assert.deepEqual(set(), []);
});

/**
 * Begins to read a text, as the page does a moment after it has changed.
 *
 * @returns ends it, with what the engine has made of it
 */
function reading(): (program: any) => void {
  let answer: (isRead: boolean) => void = () => {};
  commands.loading = { answer: new Promise((resolve) => (answer = resolve)) };
  return (program) => {
    commands.loading = null;
    if (program) {
      lab.list = [];
      store.set({ program });
      void breakpoints.agree();
    }
    answer(program !== null);
  };
}

test('what is pressed while a text is being read is about that text', async () => {
  const marks = [{ id: null, line: 4, condition: '', hits: 1, draft: null }];
  store.set({ status: 'ready', program: made('before') });
  breakpoints.marks = ({ source }) => (source === 'after' ? [{ ...marks[0], line: 5 }] : marks);
  await breakpoints.agree();
  const answer = reading();
  let line = 4;
  const done = breakpoints.toggle(() => line);
  const read = breakpoints.read();
  await new Promise((resolve) => setTimeout(resolve));
  line = 5;
  answer(made('after'));
  await Promise.all([done, read]);
  // It was there, has gone with its program, is there again, and taken away.
  assert.deepEqual(set(), []);
  assert.deepEqual(lab.list, []);
  await breakpoints.toggle(() => null);
  assert.deepEqual(set(), []);
});

test('a program that is replaced while it gets its breakpoints leaves none in the next one', async () => {
  const mark = { id: null, condition: '', hits: 1, draft: null };
  store.set({ status: 'ready', program: made('before') });
  breakpoints.marks = ({ source }) =>
    source === 'before' ? [3, 6].map((line) => ({ ...mark, line })) : [{ ...mark, line: 9 }];
  let answer: ((program: any) => void) | null = null;
  const breakpoint = lab.breakpoint.bind(lab);
  const asked: number[] = [];
  lab.breakpoint = async (options) => {
    asked.push(options.line);
    const set = await breakpoint(options);
    if (options.line === 3) {
      answer = reading();
      setTimeout(() => answer?.(made('after')));
    }
    return set;
  };
  await breakpoints.agree();
  assert.deepEqual(
    set().map(({ line }) => line),
    [9],
  );
  assert.deepEqual(
    lab.list.map(({ line }) => line),
    [9],
  );
  assert.deepEqual(asked, [3, 9]);
});

test('where nothing can be made of a text, what runs keeps its breakpoints, and those set meanwhile', async () => {
  store.set({ status: 'ready', program: made('before') });
  await breakpoints.toggle(() => 4);
  const breakpoint = lab.breakpoint.bind(lab);
  lab.breakpoint = async (options) => {
    const set = await breakpoint(options);
    const answer = reading();
    setTimeout(() => answer(null));
    return set;
  };
  await breakpoints.toggle(() => 7);
  assert.deepEqual(
    set().map(({ line }) => line),
    [4, 7],
  );
});

test('what is told of a program that has been replaced meanwhile is not shown', async () => {
  store.set({ status: 'ready', program: made('before') });
  await breakpoints.toggle(() => 4);
  lab.breakpoints = async () => {
    store.set({ program: made('after') });
    return [];
  };
  await breakpoints.read();
  assert.deepEqual(
    set().map(({ line }) => line),
    [4],
  );
});

test('what runs loses the breakpoints that the changed text no longer has, and goes by its numbers', async () => {
  store.set({ status: 'running', program: made('before') });
  for (const line of [3, 5, 7]) await breakpoints.toggle(() => line);
  const cleared: number[] = [];
  const clearBreakpoints = lab.clearBreakpoints.bind(lab);
  lab.clearBreakpoints = async (id) => {
    cleared.push(id);
    await clearBreakpoints(id);
  };
  const mark = { condition: '', hits: 1, draft: null };
  lab.refuses = (condition) => condition.includes('gone');
  // The line of the first was deleted, and what the condition of the third was about.
  breakpoints.marks = () => [
    { ...mark, id: 2, line: 4 },
    { ...mark, id: 3, line: 6, condition: 'gone > 1' },
  ];
  reading()(made('after'));
  await breakpoints.agree();
  assert.deepEqual(
    store.state.breakpoints.map(({ id, line }) => ({ id, line })),
    [{ id: 2, line: 4 }],
  );
  assert.deepEqual(cleared, [1, 3]);
});
