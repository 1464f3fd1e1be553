/** Every program prints in the lab what it prints in Node.js. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { inLab } from './lab.mjs';
import { hasPowers, inNode, read } from './node.mjs';

const FOLDER = new URL('programs/', import.meta.url);

test('the programs and examples are TypeScript, strictly', () => {
  const file = fileURLToPath(new URL('tsconfig.json', import.meta.url));
  const { config } = ts.readConfigFile(file, (name) => ts.sys.readFile(name));
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  assert.ok(fileNames.length > 80, `${fileNames.length} files`);
  const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
  const host = {
    getCanonicalFileName: (/** @type {string} */ name) => name,
    getCurrentDirectory: () => folder,
    getNewLine: () => '\n',
  };
  assert.equal(ts.formatDiagnostics(found, host), '');
});

for (const [source, message] of [
  [
    'const list = [1];\nprint(+list[3]);',
    '`+` needs two numbers, but finds undefined and an int\n  in top level, line 2, `+`',
  ],
  [
    'const list = [1];\nlist[1] = 2;',
    'index 1 is outside of a list of 1 elements\n  in top level, line 2, `=`',
  ],
  [
    'function swap(list: number[], i: number, j: number): void {\n  const one = list[i];\n  list[i] = list[j];\n  list[j] = one;\n}\nswap([1, 2], 0, 2);',
    'index 2 is outside of a list of 2 elements\n  in swap, line 4, `=`',
  ],
  [
    'function fill(list: number[], end: number): void {\n  for (let i = 0; i < end; i++) list[i] = 7;\n}\nfill([1, 2], 3);',
    'index 2 is outside of a list of 2 elements\n  in fill, line 2, `=`',
  ],
  ["print('a😀'[1]);", "`'a😀'[…]`: half of a character is no string here\n  in top level, line 1"],
  ['throw new Error();', 'something without a message was thrown\n  in top level, line 1, `throw`'],
  [
    "async function f(): Promise<void> {\n  throw new Error('no');\n}\nawait f();",
    'task 1 trapped: awaited task 2 (f) trapped: no\n  in top level, line 4, `await f()`',
  ],
  [
    'const lists = [[1]];\nlists[1].push(2);',
    '`lists[1].push(…)` needs an object of shape Array, but finds undefined',
  ],
])
  test(`the program traps: ${message}`, async () => {
    const { output, said, code } = await inLab(source);
    assert.equal(output, '');
    assert.equal(code, 1, said);
    assert.ok(said.includes(message), said);
  });

const all = [FOLDER, new URL('../../www/examples/', import.meta.url)].flatMap((folder) =>
  readdirSync(folder).map((name) => new URL(name, folder)),
);

for (const file of all.filter(({ pathname }) => /(?<!\.d)\.ts$/.test(pathname))) {
  const source = read(file);
  if (source.includes('// endless: yes')) continue;
  const name = path.basename(file.pathname, '.ts');
  const skip = name === 'powers' && !hasPowers && 'this Node.js has other powers than Node.js 20';
  test(name, { skip }, async () => {
    const expected = await inNode(source);
    const { output, said, code } = await inLab(source);
    assert.equal(output, expected.output, said);
    assert.equal(code === 0, !expected.failed, said);
    // What was caught is no trap.
    if (!expected.failed) assert.ok(!said.includes('trapped'), said);
  });
}
