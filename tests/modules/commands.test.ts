/** What the commands say and how they end when something is not as it should be. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'vitest';
import { root } from '../../scripts/paths.mjs';

/**
 * @param args of node
 * @param env in addition
 */
function node(args: string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
}

function assertOneSentence(end: { status: number | null; stderr: string }, sentence: RegExp) {
  assert.equal(end.status, 1);
  const said = end.stderr.trim().split('\n');
  assert.equal(said.length, 1, end.stderr);
  assert.match(said[0] ?? '', sentence);
}

test('an unknown step of the tests is refused with the names of those there are', () => {
  const end = node(['scripts/test.mjs', 'nonsense']);
  assertOneSentence(
    end,
    /^error: No step of the tests is called "nonsense": the steps are format, .*rust.*\.$/,
  );
});

test('a port that is none is refused before anything is built', () => {
  const end = node(['scripts/start.mjs', '--port', '99999']);
  assertOneSentence(end, /^error: The port "99999" is not a number from 1 to 65535/);
  assert.equal(end.stdout, '');
});

test('without a compiler one sentence says where to get it', () => {
  const empty = mkdtempSync(path.join(tmpdir(), 'no-programs-'));
  try {
    const end = node(['scripts/build-wasm.mjs'], { PATH: empty, SAFEPOINT_TOOLCHAIN: 'rustup' });
    assertOneSentence(
      end,
      /^error: There is no Rust compiler .*install rustup.*then run this command again\.$/,
    );
  } finally {
    rmSync(empty, { recursive: true });
  }
});

test('an unknown way to a compiler is refused', () => {
  const end = node(['scripts/build-wasm.mjs'], { SAFEPOINT_TOOLCHAIN: 'magic' });
  assertOneSentence(end, /^error: SAFEPOINT_TOOLCHAIN is "magic"/);
});

test('a browser that is named but not there is refused', () => {
  const script =
    'import("./scripts/browsers.mjs").then((b) => b.chrome()).catch((e) => console.error(e.message))';
  const end = node(['-e', script], { CHROME: '/nowhere/chrome' });
  assert.match(end.stderr, /^CHROME is "\/nowhere\/chrome", where there is no browser/);
});

test('a tool is taken as its publisher built it where cargo-binstall is there', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tools-'));
  try {
    const fake = '#!/bin/sh\nmkdir -p "$4/bin" && echo "$2" > "$4/bin/cargo-fuzz"\n';
    writeFileSync(path.join(folder, 'cargo-binstall'), fake, { mode: 0o755 });
    const script =
      'import("./scripts/wasm-tools.mjs").then((t) => t.ensureTool("cargo-fuzz")).then(console.log)';
    const found = [folder, path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
    const end = node(['-e', script], { PATH: found, XDG_CACHE_HOME: folder });
    const program = end.stdout.trim().split('\n').at(-1) ?? '';
    assert.ok(program.startsWith(folder), end.stdout + end.stderr);
    assert.match(readFileSync(program, 'utf8'), /^cargo-fuzz@\d+\.\d+\.\d+$/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
