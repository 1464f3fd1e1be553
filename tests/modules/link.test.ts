/** Links and what the browser keeps: there and back, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { pack, unpack } from '../../www/run/packed.ts';
import { listed } from '../../www/app/kept-programs.ts';
import { makeLink, readLink } from '../../www/app/link.ts';
import { initialState } from '../../www/app/page-state.ts';
import { recallSession } from '../../www/app/session.ts';
import { readSettings, settingsOf } from '../../www/app/settings.ts';

const SETTINGS = {
  workers: 7,
  policy: { calls: true, back_edges: false, allocations: true, awaits: true, every: 3 },
  keepStopped: false,
  automatic: { enabled: true, everyMs: 20, reason: 'snapshot' as const },
  timeouts: { mode: 'warn' as const, warnMs: 5, deadlineMs: 9 },
};
const SHARED = {
  title: 'Über ⊕',
  source: '.func main ()\n    const "ß 😀"\n    ret\n',
  settings: SETTINGS,
  lesson: null,
};

const hashOf = (link: string) => new URL(link).hash;

test('what is packed is unpacked, and small', async () => {
  const text = '    const 1\n    add\n'.repeat(1000);
  const packed = await pack(text);
  assert.match(packed, /^[\w-]+$/);
  assert.ok(packed.length < 300, `${packed.length} characters`);
  assert.equal(await unpack(packed), text);
});

test('a link carries a lesson', async () => {
  const shared = { ...SHARED, lesson: '---\ntitle: A\n---\n1. It runs.\n   - check: runs\n' };
  assert.deepEqual(await readLink(hashOf(await makeLink('https://example.org/', shared))), {
    ...shared,
    recorded: null,
  });
});

test('a link carries the program and the settings, and replaces another fragment', async () => {
  const link = await makeLink('https://example.org/lab/?embed#timeline', SHARED);
  assert.match(link, /^https:\/\/example\.org\/lab\/\?embed#lab1=[\w-]+$/);
  assert.deepEqual(await readLink(hashOf(link)), { ...SHARED, recorded: null });
});

test('an address without a program is no link', async () => {
  for (const hash of ['', '#', '#timeline', '#la']) assert.equal(await readLink(hash), null, hash);
});

test('a link that was damaged anywhere is refused', async () => {
  const hash = hashOf(await makeLink('https://example.org/', SHARED));
  const start = '#lab1='.length;
  for (let at = start; at < hash.length; at++) {
    const other = hash[at] === 'A' ? 'B' : 'A';
    // The last letter may carry bits that say nothing.
    if (at < hash.length - 1)
      await assert.rejects(readLink(hash.slice(0, at) + other + hash.slice(at + 1)), /damaged/, `at ${at}`);
    await assert.rejects(readLink(hash.slice(0, at)), /damaged/, `cut at ${at}`);
  }
  for (const wrong of ['#lab', '#lab1', '#lab=', '#labx=abc', `${hash}.`])
    await assert.rejects(readLink(wrong), /damaged/, wrong);
});

test('a newer link says that it is newer', async () => {
  await assert.rejects(readLink('#lab3=abc'), /newer version/);
});

test('a link that would fill the memory is refused', async () => {
  await assert.rejects(readLink(`#lab1=${await pack('a'.repeat(17 << 20))}`), /damaged/);
});

for (const [what, change] of [
  ['no worker', { workers: 0 }],
  ['129 workers', { workers: 129 }],
  ['workers in words', { workers: '4' }],
  ['a policy of nothing', { policy: {} }],
  ['a poll at no back-edge', { policy: { ...SETTINGS.policy, every: 0 } }],
  ['automatic pauses without a reason', { automatic: { enabled: true, everyMs: 20 } }],
  ['automatic pauses all the time', { automatic: { ...SETTINGS.automatic, everyMs: 0 } }],
  ['an unknown timeout', { timeouts: { ...SETTINGS.timeouts, mode: 'never' } }],
  ['a timeout without end', { timeouts: { ...SETTINGS.timeouts, warnMs: 1e9 } }],
] as [string, any][]) {
  test(`settings with ${what} are refused`, () => {
    assert.throws(() => readSettings({ ...SETTINGS, ...change }));
  });
}

test('settings are read as they are made, and nothing else is', () => {
  assert.deepEqual(readSettings({ ...SETTINGS, status: 'failed' }), SETTINGS);
  const { workers, ...older } = SETTINGS;
  assert.deepEqual(readSettings(older), older);
  const initial = settingsOf(initialState(2));
  assert.deepEqual(readSettings(initial), initial);
});

const holding = (text: string): any => ({ getItem: () => text });

test('a session that cannot be read is none', () => {
  for (const text of ['', 'null', '{', '[]', '{}', '{"example":1}', '"text"'])
    assert.equal(recallSession(holding(text), null), null, text);
  const throws = {
    getItem() {
      throw new Error('switched off');
    },
  } as any;
  assert.equal(recallSession(throws, throws), null);
});

test('a program is not lost for a setting that cannot be', () => {
  const saved = { example: null, title: 'mine', source: '; mine', settings: { workers: 1000 } };
  assert.deepEqual(recallSession(holding(JSON.stringify(saved)), null), { ...saved, settings: {} });
});

test('the tab has its own session; a new tab has the last one', () => {
  const of = (title: string) => holding(JSON.stringify({ example: null, title, source: '', settings: {} }));
  assert.equal(recallSession(of('tab'), of('browser'))?.title, 'tab');
  assert.equal(recallSession(holding(''), of('browser'))?.title, 'browser');
});

test('programs are listed once, each under a name of its own, the newest first, without the one that is shown', () => {
  const kept = ['a', 'b', 'a', 'c'].map((source) => ({ title: 'mine', source }));
  assert.deepEqual(listed(kept, 'c'), [
    { title: 'mine 2', source: 'b' },
    { title: 'mine', source: 'a' },
  ]);
});
