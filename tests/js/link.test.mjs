/** Links and what the browser keeps: there and back, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pack, unpack } from '../../www/data/packed.js';
import { listed } from '../../www/state/kept-programs.js';
import { makeLink, readLink } from '../../www/state/link.js';
import { initialState } from '../../www/state/page-state.js';
import { recallSession } from '../../www/state/session.js';
import { readSettings, settingsOf } from '../../www/state/settings.js';

const SETTINGS = {
  workers: 7,
  policy: { calls: true, back_edges: false, allocations: true, awaits: true, every: 3 },
  keepStopped: false,
  automatic: { enabled: true, everyMs: 20, reason: /** @type {const} */ ('snapshot') },
  timeouts: { mode: /** @type {const} */ ('warn'), warnMs: 5, deadlineMs: 9 },
};
const SHARED = { title: 'Über ⊕', source: '.func main ()\n    const "ß 😀"\n    ret\n', settings: SETTINGS };

/** @param {string} link */
const hashOf = (link) => new URL(link).hash;

test('what is packed is unpacked, and small', async () => {
  const text = '    const 1\n    add\n'.repeat(1000);
  const packed = await pack(text);
  assert.match(packed, /^[\w-]+$/);
  assert.ok(packed.length < 300, `${packed.length} characters`);
  assert.equal(await unpack(packed), text);
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

for (const [what, change] of /** @type {[string, any][]} */ ([
  ['no worker', { workers: 0 }],
  ['129 workers', { workers: 129 }],
  ['workers in words', { workers: '4' }],
  ['a policy of nothing', { policy: {} }],
  ['a poll at no back-edge', { policy: { ...SETTINGS.policy, every: 0 } }],
  ['automatic pauses without a reason', { automatic: { enabled: true, everyMs: 20 } }],
  ['automatic pauses all the time', { automatic: { ...SETTINGS.automatic, everyMs: 0 } }],
  ['an unknown timeout', { timeouts: { ...SETTINGS.timeouts, mode: 'never' } }],
  ['a timeout without end', { timeouts: { ...SETTINGS.timeouts, warnMs: 1e9 } }],
])) {
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

/** @param {string} text @returns {any} */
const holding = (text) => ({ getItem: () => text });

test('a session that cannot be read is none', () => {
  for (const text of ['', 'null', '{', '[]', '{}', '{"example":1}', '"text"'])
    assert.equal(recallSession(holding(text), null), null, text);
  const throws = /** @type {any} */ ({
    getItem() {
      throw new Error('switched off');
    },
  });
  assert.equal(recallSession(throws, throws), null);
});

test('a program is not lost for a setting that cannot be', () => {
  const saved = { example: null, title: 'mine', source: '; mine', settings: { workers: 1000 } };
  assert.deepEqual(recallSession(holding(JSON.stringify(saved)), null), { ...saved, settings: {} });
});

test('the tab has its own session; a new tab has the last one', () => {
  const of = (/** @type {string} */ title) =>
    holding(JSON.stringify({ example: null, title, source: '', settings: {} }));
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
