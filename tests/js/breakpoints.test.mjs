import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Breakpoints } from '../../www/state/breakpoints.js';
import { initialState } from '../../www/state/page-state.js';
import { Store } from '../../www/state/store.js';

/** Has breakpoints as the engine has: a new number each time, and a condition that may be refused. */
class MadeLab {
  last = 0;
  /** @type {any[]} */
  list = [];
  /** @type {((condition: string) => boolean)} */
  refuses = (condition) => condition.includes(' = ');

  /** @param {any} options */
  async breakpoint({ line, function: name, instruction, condition = '', hits = 1 }) {
    await null;
    if (this.refuses(condition)) throw new Error('Condition, column 3: write ==.');
    const places = [{ function: name ?? 'main', instruction: instruction ?? line, offset: 0 }];
    const made = {
      id: ++this.last,
      line: line ?? null,
      places,
      condition: condition || null,
      hits,
      count: 0,
    };
    this.list.push(made);
    return made;
  }

  /** @param {number} id */
  async clearBreakpoints(id) {
    await null;
    this.list = this.list.filter((one) => one.id !== id);
  }

  async breakpoints() {
    return [...this.list];
  }
}

/** @type {MadeLab} */
let lab;
/** @type {Store<import('../../www/state/page-state.js').PageState>} */
let store;
/** @type {Breakpoints} */
let breakpoints;

beforeEach(() => {
  lab = new MadeLab();
  store = new Store(initialState(2));
  const attempt = async (/** @type {() => unknown} */ action) => action();
  breakpoints = new Breakpoints(/** @type {any} */ (lab), store, /** @type {any} */ ({ attempt }));
});

const first = () =>
  /** @type {import('../../www/engine/types.js').Breakpoint} */ (store.state.breakpoints[0]);
const set = () => store.state.breakpoints.map(({ line, condition, hits }) => ({ line, condition, hits }));

test('two changes right after each other both count, and leave one breakpoint', async () => {
  await breakpoints.toggle(4);
  const before = first();
  // As a row does that has not yet heard of the new number.
  const condition = breakpoints.change(before, { condition: 'i > 3', hits: 1 });
  const hits = breakpoints.change(before, { condition: 'i > 3', hits: 5 });
  await Promise.all([condition, hits]);
  assert.deepEqual(set(), [{ line: 4, condition: 'i > 3', hits: 5 }]);
  await breakpoints.remove(before);
  assert.deepEqual(set(), []);
});

test('what is refused is kept as it was typed, beside the breakpoint that stays', async () => {
  await breakpoints.toggle(4);
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
  const mark = { hits: 1, draft: null };
  lab.refuses = (condition) => condition.includes('gone');
  await breakpoints.keep([
    { ...mark, line: 3, condition: '' },
    { ...mark, line: 5, condition: 'gone > 1', hits: 4 },
    { ...mark, line: 7, condition: 'i > 1', draft: { condition: 'i = 1', hits: 1, message: 'wrong' } },
  ]);
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
  await breakpoints.toggle(4);
  await breakpoints.toggle(4);
  assert.deepEqual(set(), []);
  store.set({ drafts: [{ id: null, line: 9, condition: 'gone', hits: 1, message: 'wrong' }] });
  await breakpoints.toggle(9);
  assert.deepEqual(store.state.drafts, []);
  assert.deepEqual(set(), []);
});
