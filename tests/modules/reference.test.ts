import assert from 'node:assert/strict';
import path from 'node:path';
import ts from 'typescript';
import { test } from 'vitest';
import { Lab } from '../../www/engine/lab.ts';
import { PageLab } from '../../www/app/page-lab.ts';
import { declarationFile, publicTypes } from '../../scripts/lab-types.mjs';
import { referencePage } from '../../scripts/reference-page.mjs';

const types = publicTypes();
const named = (name: string) => types.find((type) => type.name === name) ?? assert.fail(name);

/** What a reader sees of HTML. */
const plain = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

test('every public member is in the reference, with a comment', () => {
  const page = referencePage(types);
  for (const [name, made] of Object.entries({ Lab, PageLab })) {
    const members = named(name).members.map((member) => member.name);
    const missing = Object.getOwnPropertyNames(made.prototype).filter(
      (member) => member !== 'constructor' && !members.includes(member),
    );
    assert.deepEqual(missing, []);
  }
  for (const { name, kind, comment, members } of types) {
    assert.notEqual(comment, '', `${name} has no comment`);
    assert.ok(page.includes(`<h2 id="${name}">`), name);
    for (const member of members) {
      assert.ok(page.includes(`<h3 id="${name}.${member.name}">`), `${name}.${member.name}`);
      if (kind === 'class' || name === 'LabEvents' || name.endsWith('Options'))
        assert.notEqual(member.comment, '', `${name}.${member.name} has no comment`);
    }
  }
});

test('comments are prose with links that lead somewhere', () => {
  const page = referencePage(types);
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const broken = [...page.matchAll(/href="#([^"]+)"/g)].filter(([, id]) => !ids.has(id));
  assert.deepEqual(
    broken.map(([, id]) => id),
    [],
  );
  assert.equal(ids.size, page.match(/ id="/g)?.length, 'each once');
  const text = plain(page);
  assert.deepEqual(text.match(/\{@\w+|@param|@returns/g), null);
  assert.match(
    text,
    /pause\(reason: Reason\): Promise<Pause>\s+Stops the world, performs the reason's operation/,
  );
  assert.match(text, /'stopping'/);
});

test('the file of types needs no other one, and checks what scripts write', () => {
  const file = declarationFile(types);
  assert.doesNotMatch(file, /^\s*import\b|\bfrom '|import\(|#private|\/www\//m);
  const script = `
    import type { Pause } from './lab.d.ts';
    const run = async (): Promise<Pause> => {
      await window.lab.run({ workers: 4 });
      window.lab.on('state', (phase) => phase === 'stopped');
      const read = window.lab.reader();
      read(({ kind, time }) => [kind === 'armed', time]);
      return window.lab.cycle('gc');
    };
    // @ts-expect-error there is no such reason
    void window.lab.pause('tea');
    void run().then((pause) => window.lab.select(pause), () => window.lab.dispose());
  `;
  const files: Record<string, string> = { '/lab.d.ts': file, '/script.ts': script };
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, types: [], lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'] },
    ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, allowImportingTsExtensions: true },
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name in files || disk.fileExists(name),
    readFile: (name) => files[name] ?? disk.readFile(name),
    getSourceFile: (name, target, ...rest) =>
      name in files
        ? ts.createSourceFile(name, files[name], target)
        : disk.getSourceFile(name, target, ...rest),
  };
  const program = ts.createProgram(['/script.ts'], options, host);
  const wrong = ts.getPreEmitDiagnostics(program).map(({ file: at, start, messageText }) => {
    const line = at && start !== undefined ? at.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${path.basename(at?.fileName ?? '')}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
  assert.deepEqual(wrong, []);
});
