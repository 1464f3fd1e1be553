/** Links that carry a recorded pause: there and back, and short. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replayed } from '../../www/data/replayed.js';
import { fileOf } from '../../www/engine/recorded-file-writer.js';
import { excerptOf } from '../../www/engine/recorded-run.js';
import { makeLink, readLink } from '../../www/state/link.js';
import { initialState } from '../../www/state/page-state.js';
import { LONGEST, shareLink } from '../../www/state/share-link.js';
import { pauseOf, runOfThree } from './made.mjs';

/** @typedef {import('../../www/engine/recorded.js').RecordedRun} RecordedRun */

const PAGE = 'https://example.org/lab/';
const hashOf = (/** @type {string} */ link) => new URL(link).hash;

test('a link carries what happened around a pause, and the program once', async () => {
  const run = runOfThree();
  const shared = { title: run.title, source: run.program.source, settings: {} };
  const excerpt = excerptOf(run, 2);
  assert.ok(excerpt);
  const link = await makeLink(PAGE, shared, fileOf(excerpt));
  assert.match(link, /#lab2=[\w-]+$/);
  assert.deepEqual(await readLink(hashOf(link)), { ...shared, recorded: excerpt });
  const damaged = fileOf({ ...excerpt, workers: 1 });
  await assert.rejects(readLink(hashOf(await makeLink(PAGE, shared, damaged))), /damaged/);
});

/** Shares a page that shows a run and one of its pauses. @param {RecordedRun} run @param {number} selected */
function share(run, selected, source = run.program.source) {
  const { workers, program } = run;
  const state = {
    ...initialState(2),
    ...{
      run: { workers, policy: null, program, bounds: null },
      selected,
      view: /** @type {const} */ ('pause'),
    },
    recording: replayed(run),
  };
  const recorded = (/** @type {any} */ { pause, ...keep }) =>
    fileOf(/** @type {RecordedRun} */ (excerptOf(run, pause, keep)));
  const shown = /** @type {any} */ ({ count: async () => {}, recorded });
  return shareLink({ page: PAGE, state, source, run: shown });
}

/** Letters that nothing makes shorter. @param {number} length @param {number} seed */
function noise(length, seed) {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return String.fromCharCode(33 + ((state >> 16) % 90));
  }).join('');
}

test('a pause goes along as long as the link stays short, whatever has to be left out', async () => {
  const run = runOfThree();
  const plain = await share(run, 2);
  assert.equal(plain.pause, 2);
  const task = (/** @type {number} */ id) => ({
    ...{ id, state: 'running', worker: null, circle: [], waiting: null },
    frames: [
      {
        ...{ function: 'main', instruction: 0, offset: 0, line: 1, operands: [] },
        locals: [{ name: 's', value: noise(100, id), object: null }],
      },
    ],
  });
  const tasks = Array.from({ length: 200 }, (_, id) => task(id));
  const debug = pauseOf({
    id: 2,
    at: 200_000,
    reason: 'debug',
    halt: null,
    outcome: { kind: 'debug', tasks },
  });
  const large = await share({ ...run, pauses: [debug] }, 2);
  assert.equal(large.pause, 2);
  assert.ok(large.address.length <= LONGEST, `${large.address.length} characters`);
  const opened = await readLink(hashOf(large.address));
  assert.equal(opened?.recorded?.missing.tasks, 200);

  const wide = await share({ ...run, pauses: [{ ...debug, outcome: null, sentence: noise(20_000, 7) }] }, 2);
  assert.deepEqual([wide.pause, hashOf(wide.address).slice(0, 6)], [null, '#lab1=']);
  assert.match(wide.lacks, /Pause 2 is too large for a link/);
  const changed = await share(run, 2, '; changed');
  assert.deepEqual([changed.pause, hashOf(changed.address).slice(0, 6)], [null, '#lab1=']);
  assert.match(changed.lacks, /the text is no longer the one that ran/);
});
