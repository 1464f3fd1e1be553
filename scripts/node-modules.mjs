/** The npm packages of the lock file. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { step } from './log.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';
import { fingerprint, recall, remember } from './stamps.mjs';

/** Installs the packages unless they are the lock file's already. */
export async function ensureNodeModules() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const print = fingerprint(['package-lock.json'], [JSON.stringify({ dependencies, devDependencies })]);
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  // A stamp from another time is worth nothing once the folder was removed or changed.
  const state = existsSync(installed) ? readFileSync(installed, 'utf8').length : 0;
  if (recall('node-modules', print)?.state === state && state > 0) return;
  await step('npm: installing the packages of package-lock.json', async () => {
    await run('npm', ['ci', '--no-audit', '--no-fund'], {
      log: 'npm',
      advice: 'check the connection to the npm registry, then run this command again',
    });
  });
  remember('node-modules', print, { state: readFileSync(installed, 'utf8').length });
}
