/** A step is done again when, and only when, something that it was made from has changed. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import { fingerprint, forget, recall, remember } from '../../scripts/stamps.mjs';
import { compareVersions, versionIn } from '../../scripts/toolchain.mjs';

const STAMP = 'test-of-stamps';
let folder = '';

const file = (name: string) => path.join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'stamps-'));
  mkdirSync(file('inner'));
  writeFileSync(file('a.rs'), 'one');
  writeFileSync(file('inner/b.rs'), 'two');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  forget(STAMP);
});

test('the same content has the same fingerprint, whenever it was written', () => {
  const before = fingerprint([folder], ['rustc 1']);
  writeFileSync(file('a.rs'), 'one');
  assert.equal(fingerprint([folder], ['rustc 1']), before);
});

test('content, name, a new file, a removed file and a fact each change the fingerprint', () => {
  const prints = [fingerprint([folder])];
  writeFileSync(file('a.rs'), 'one!');
  prints.push(fingerprint([folder]));
  writeFileSync(file('c.rs'), '');
  prints.push(fingerprint([folder]));
  rmSync(file('inner/b.rs'));
  prints.push(fingerprint([folder]));
  prints.push(fingerprint([folder], ['rustc 2']));
  assert.equal(new Set(prints).size, prints.length);
});

test('a missing input is no error', () => {
  assert.equal(fingerprint([file('nowhere')]), fingerprint([]));
});

test('what was remembered is recalled for the same fingerprint only, until it is forgotten', () => {
  remember(STAMP, 'print', { tests: 3 });
  assert.deepEqual(recall(STAMP, 'print'), { tests: 3 });
  assert.equal(recall(STAMP, 'other'), undefined);
  forget(STAMP);
  assert.equal(recall(STAMP, 'print'), undefined);
});

test('versions are compared by their numbers', () => {
  assert.ok(compareVersions('1.96.0', '1.90') > 0);
  assert.ok(compareVersions('1.9.0', '1.10.0') < 0);
  assert.equal(compareVersions('1.90', '1.90.0'), 0);
  assert.equal(versionIn('rustc 1.97.0-nightly (e50aa6fba 2026-05-19)'), '1.97.0');
  assert.equal(versionIn('nothing'), '0.0.0');
});
