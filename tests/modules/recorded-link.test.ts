/** Links that carry a recorded pause: there and back, and short. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { replayed } from '../../www/run/replayed.ts';
import { fileOf } from '../../www/run/recorded-file-writer.ts';
import { excerptOf } from '../../www/run/recorded-run.ts';
import { makeLink, readLink } from '../../www/app/link.ts';
import { initialState } from '../../www/app/page-state.ts';
import { LONGEST, shareLink } from '../../www/app/share-link.ts';
import { pauseOf, runOfThree } from './made.ts';
import type { RecordedRun } from '../../www/run/recorded.ts';

const PAGE = 'https://example.org/lab/';
const hashOf = (link: string) => new URL(link).hash;

test('a link carries what happened around a pause, and the program once', async () => {
  const run = runOfThree();
  const shared = { title: run.title, source: run.program.source, settings: {}, lesson: null };
  const excerpt = excerptOf(run, 2);
  assert.ok(excerpt);
  const link = await makeLink(PAGE, shared, fileOf(excerpt));
  assert.match(link, /#lab2=[\w-]+$/);
  assert.deepEqual(await readLink(hashOf(link)), { ...shared, recorded: excerpt });
  const damaged = fileOf({ ...excerpt, workers: 1 });
  await assert.rejects(readLink(hashOf(await makeLink(PAGE, shared, damaged))), /damaged/);
});

/** Shares a page that shows a run and one of its pauses. */
function share(run: RecordedRun, selected: number, source = run.program.source) {
  const { workers, program } = run;
  const state = {
    ...initialState(2),
    ...{
      run: { workers, policy: null, program, bounds: null },
      selected,
      view: 'pause' as const,
    },
    recording: replayed(run),
  };
  const recorded = ({ pause, ...keep }: any) => fileOf(excerptOf(run, pause, keep) as RecordedRun);
  const shown = { count: async () => {}, recorded } as any;
  return shareLink({ page: PAGE, state, source, run: shown });
}

/** Letters that nothing makes shorter. */
function noise(length: number, seed: number) {
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
  const task = (id: number) => ({
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
