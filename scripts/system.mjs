/** What this machine has: programs on the path, and Debian's packages where apt can install them. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Problem, step } from './log.mjs';
import { ask, run } from './run.mjs';

/**
 * @param {string} name
 * @param {string} [searchPath] folders separated as in PATH
 * @returns {string | undefined} the absolute path of the first executable of that name
 */
export function findProgram(name, searchPath = process.env.PATH ?? '') {
  for (const folder of searchPath.split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (folder !== '' && statSync(file).isFile()) return path.resolve(file);
    } catch {
      // Not here: the next folder.
    }
  }
  return undefined;
}

/**
 * @returns {string[] | undefined} the command that starts apt-get with the right to install, if there is one
 */
function aptCommand() {
  if (!existsSync('/etc/debian_version') || !findProgram('apt-get')) return undefined;
  if (process.getuid?.() === 0) return ['apt-get'];
  if (findProgram('sudo') && ask('sudo', ['-n', 'true']) !== undefined) return ['sudo', '-n', 'apt-get'];
  return undefined;
}

/** @returns {boolean} whether `aptInstall` has a chance */
export function canAptInstall() {
  return aptCommand() !== undefined;
}

/**
 * Installs those of Debian's packages that are missing.
 *
 * @param {string[]} packages
 * @param {string} purpose what they are for, e.g. `a Rust compiler`
 */
export async function aptInstall(packages, purpose) {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const apt = aptCommand();
  if (!apt) {
    throw new Problem(
      `${purpose} is missing: run \`sudo apt-get install ${missing.join(' ')}\`, then this command again.`,
    );
  }
  await step(`apt: installing ${purpose} (${missing.join(' ')})`, async () => {
    const [program = '', ...rest] = apt;
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // Another apt (an unattended upgrade, a second checkout) may hold the lock: wait for it, do not fail.
    const common = [...rest, '-q', '-y', '-o', 'DPkg::Lock::Timeout=300'];
    await run(program, [...common, 'update'], { env, log: 'apt-update', mayFail: true });
    await run(program, [...common, 'install', '--no-install-recommends', ...missing], {
      env,
      log: 'apt-install',
      advice: `install the packages ${missing.join(' ')} by hand, then run this command again`,
    });
  });
}

/** @param {string} name a Debian package */
function isInstalled(name) {
  return ask('dpkg-query', ['-W', '-f', '${Status}', name]) === 'install ok installed';
}
