import assert from 'node:assert/strict';
import { test } from 'vitest';
import { parseExample, parseExamples } from '../../www/engine/examples.ts';
import { checkAutomatic, checkReason, checkRunOptions, checkTimeouts } from '../../www/engine/run-options.ts';
import { Sites } from '../../www/engine/sites.ts';
import { checkSource } from '../../www/engine/source.ts';
import { StatusReader } from '../../www/engine/status.ts';
import { missing } from '../../www/engine/support.ts';

const NEVER = { warn: null, deadline: null };

test('a run without options takes the defaults', () => {
  assert.deepEqual(checkRunOptions({}, NEVER), {
    workers: 4,
    policy: null,
    heap: 32 << 20,
    profile: true,
    compile: true,
    stress: false,
    warn: null,
    deadline: null,
  });
});

test('timeouts of the lab hold for a run that does not set its own', () => {
  const timeouts = { warn: 1000, deadline: 5000 };
  assert.equal(checkRunOptions({}, timeouts).warn, 1000);
  assert.equal(checkRunOptions({ deadline: null }, timeouts).deadline, null);
});

for (const [what, options] of [
  ['no worker', { workers: 0 }],
  ['too many workers', { workers: 129 }],
  ['half a worker', { workers: 1.5 }],
  ['workers in words', { workers: '4' }],
  ['a heap of nothing', { heap: 0 }],
  ['a heap without end', { heap: Infinity }],
  ['no back-edge', { policy: { calls: true, back_edges: true, allocations: true, awaits: true, every: 0 } }],
  ['a deadline in the past', { deadline: -1 }],
  ['no number', { warn: NaN }],
] as [string, any][]) {
  test(`refuses a run with ${what}`, () => {
    assert.throws(() => checkRunOptions(options, NEVER), { code: 'invalid' });
  });
}

test('refuses unknown reasons, rates and timeouts', () => {
  assert.throws(() => checkReason('tea' as any), { message: '"reason" is "tea".', code: 'invalid' });
  assert.throws(() => checkAutomatic({ reason: 'gc', everyMs: 0 }), {
    message: '"everyMs" is 0.',
    advice: 'Give a number from 1 to 3600000.',
  });
  assert.throws(() => checkTimeouts({ warn: 0, deadline: null }), /"warn"/);
  checkAutomatic({ reason: 'gc', everyMs: 1 });
  checkTimeouts({ warn: 1, deadline: null });
});

test('a program is text or bytes, and bytes are copied', () => {
  const bytes = new Uint8Array([1, 2]);
  const checked = checkSource(bytes) as { source: Uint8Array };
  bytes[0] = 9;
  assert.deepEqual([...checked.source], [1, 2]);
  assert.deepEqual(checkSource('x'), { source: 'x' });
  assert.ok('source' in checkSource(new ArrayBuffer(2)));
  assert.throws(() => checkSource(undefined), { code: 'invalid' });
});

test('a program that is too long is refused in words', () => {
  const refused = (checkSource('x'.repeat(9 * 1024 * 1024)) as any).refused;
  assert.equal(refused.ok, false);
  assert.match(refused.errors[0].message, /9 MiB/);
});

test('a browser that lacks something is told what to do', () => {
  const whole = {
    WebAssembly: {},
    Worker: {},
    SharedArrayBuffer: {},
    crossOriginIsolated: true,
    isSecureContext: true,
  };
  assert.equal(missing(whole), null);
  for (const lack of Object.keys(whole)) {
    const error = missing({ ...whole, [lack]: undefined });
    assert.equal(error?.code, 'unsupported', lack);
    assert.ok(error?.message && error?.advice, lack);
  }
});

test('examples say what they are', () => {
  const source = '; name: Busy loops\n; description: Four tasks count.\n; endless: yes\n.func main\n';
  assert.deepEqual(parseExample(source, 'a.sasm'), {
    name: 'Busy loops',
    formerly: null,
    description: 'Four tasks count.',
    source,
    endless: true,
  });
  assert.equal(parseExample(`; formerly: Old\n${source}`, 'a.sasm').formerly, 'Old');
  assert.throws(() => parseExample('.func main', 'b.sasm'), /b\.sasm lacks/);
  const named = (name: string) => `; name: ${name}\n; description: x\n`;
  const files = { 'b.sasm': named('B'), 'a.sasm': named('A') };
  assert.deepEqual(
    parseExamples(files).map(({ name, endless }) => [name, endless]),
    [
      ['A', false],
      ['B', false],
    ],
  );
});

test('a place is named by function, line and instruction', () => {
  const row = (index: number, text: string, poll: string | null) => ({
    ...{ function: 'hog', index, offset: 5, bytes: '', text, line: 15, poll, site: null },
  });
  const listing = [
    row(0, 'get Node.next', null),
    row(1, 'call sum', 'call'),
    row(2, 'jmp again', 'back-edge'),
    row(3, 'stall', null),
  ];
  const policy = { calls: false, back_edges: true, allocations: true, awaits: true, every: 1 };
  const program = { functions: ['main', 'hog'], listing } as any;
  const sites = new Sites(program, policy);
  assert.equal(sites.at('running', 2, 1, 0)?.text, 'hog, line 15, get Node.next');
  const called = { ...row(0, 'call part', 'call'), words: '`part(…)`' };
  const inSource = new Sites({ ...program, listing: [called] }, policy);
  assert.equal(inSource.at('running', 2, 1, 0)?.text, 'hog, line 15, `part(…)`');
  assert.equal(sites.at('stopped', 2, 1, 2)?.kind, 'back-edge');
  assert.equal(sites.at('stopped', 2, 1, 1)?.kind, 'unpolled');
  assert.equal(sites.at('running', 2, 1, 3)?.kind, 'stall');
  assert.equal(sites.at('idle', 0, 1, 1)?.kind, 'idle');
  assert.equal(sites.at('running', 0, 0, 0)?.kind, 'scheduler');
  assert.equal(sites.at('running', 2, 7, 1)?.function, null);
  assert.equal(sites.at('finished', 2, 1, 1), null);
});

test('status blocks are read as the workers lay them out', () => {
  const buffer = new SharedArrayBuffer(256);
  const view = new DataView(buffer, 64);
  const block = { state: 1, task: 3, function: 0, instruction: 0 };
  Object.values(block).forEach((value, index) => view.setUint32(64 + index * 4, value, true));
  view.setBigUint64(64 + 16, 2n ** 40n + 1n, true);
  view.setBigUint64(64 + 24, 7n, true);
  const listing = [
    { function: 'main', index: 0, offset: 0, bytes: '', text: 'nop', line: null, poll: null, site: null },
  ];
  const program = { functions: ['main'], listing } as any;
  const policy = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };
  const reader = new StatusReader(buffer, { address: 64, stride: 64, count: 2 }, program, policy);
  const [first, second] = reader.read();
  assert.equal(first?.state, 'starting');
  assert.equal(second?.state, 'running');
  assert.deepEqual([second?.instructions, second?.polls], [2 ** 40 + 1, 7]);
  assert.equal(second?.site?.text, 'main, byte 0, nop');
});
