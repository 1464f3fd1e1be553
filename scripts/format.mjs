/** `npm run format`: puts every source into the form that `npm test` checks. */
import path from 'node:path';
import { command, say, step } from './log.mjs';
import { ensureNodeModules } from './node-modules.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';
import { nativeToolchain } from './toolchain.mjs';

await command(async () => {
  await ensureNodeModules();
  const { env, cwd } = await nativeToolchain();
  const manifest = path.join(root, 'Cargo.toml');
  await step('format: Rust', () =>
    run('cargo', ['fmt', '--all', '--manifest-path', manifest], { env, log: 'fmt', ...(cwd && { cwd }) }),
  );
  const prettier = path.join(root, 'node_modules/prettier/bin/prettier.cjs');
  await step('format: JavaScript', () =>
    run(process.execPath, [prettier, '--write', '.'], { log: 'prettier' }),
  );
  say('format: done');
});
