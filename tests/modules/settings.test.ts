/** Settings that come with a lesson's program: in force while it is open, and the user's own again behind it. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'vitest';
import { ScriptedEngine } from './scripted-lab.ts';
import { Commands } from '../../www/app/commands.ts';
import { Log } from '../../www/app/log.ts';
import { Output } from '../../www/app/output.ts';
import { initialState } from '../../www/app/page-state.ts';
import { givenBack, settingsOf } from '../../www/app/settings.ts';
import { Store } from '../../www/app/store.ts';
import type { PageState } from '../../www/app/page-state.ts';

const SELDOM = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1000 };
const OWN = {
  workers: 3,
  keepStopped: false,
  automatic: { enabled: true, everyMs: 20, reason: 'gc' as const },
};
const LESSON = {
  ...{ workers: 2, policy: null, counted: true, keepStopped: true },
  automatic: { ...OWN.automatic, enabled: false },
};

let store: Store<PageState>;
let commands: Commands;

beforeEach(async () => {
  const { lab } = new ScriptedEngine();
  const state: PageState = { ...initialState(2), ...OWN };
  store = new Store(state);
  commands = new Commands(lab, store, new Log(10), new Output(100));
  await lab.ready;
});

const has = ({ workers, policy, keepStopped, automatic }: PageState) => ({
  ...{ workers, every: policy?.every ?? null, keepStopped },
  automatic: automatic.enabled,
});

test('they are in force until the user opens another program', () => {
  commands.lend('text', LESSON);
  commands.lend('text', { policy: SELDOM });
  assert.deepEqual(has(store.state), { workers: 2, every: 1000, keepStopped: true, automatic: false });
  commands.giveBack();
  assert.deepEqual(has(store.state), { workers: 3, every: null, keepStopped: false, automatic: true });
  assert.equal(store.state.lent, null);
  commands.giveBack();
  assert.equal(store.state.workers, 3);
});

test('one lesson after the other gives back what there was before the first', () => {
  commands.lend('one', LESSON);
  commands.lend('two', { ...LESSON, workers: 7 });
  assert.equal(store.state.workers, 7);
  commands.giveBack();
  assert.equal(store.state.workers, 3);
});

test('what the user sets meanwhile is the user’s own', () => {
  commands.lend('text', LESSON);
  store.set({ workers: 5 });
  commands.giveBack();
  assert.deepEqual(has(store.state), { workers: 5, every: null, keepStopped: false, automatic: true });
});

test('a session keeps the user’s own', () => {
  commands.lend('text', LESSON);
  const kept = settingsOf({ ...store.state, ...givenBack(store.state) });
  assert.deepEqual([kept.workers, kept.keepStopped, kept.automatic], [3, false, OWN.automatic]);
});
