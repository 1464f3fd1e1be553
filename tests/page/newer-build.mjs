/** Another build of the page, for what happens when one takes the place of another. */
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dist } from '../../scripts/paths.mjs';
import { writeServiceWorker } from '../../scripts/service-worker.mjs';

/**
 * The page with a service worker that waits for another build however long the machine takes.
 *
 * @returns {string} a folder, which is the caller's to remove
 */
export function patientBuild() {
  const patient = mkdtempSync(path.join(tmpdir(), 'safepoint-lab-patient-'));
  cpSync(dist, patient, { recursive: true });
  writeServiceWorker(patient, { soon: 60_000 });
  return patient;
}

/**
 * Every file has another name, and the title is "Newer Lab".
 *
 * @returns {string} a folder, which is the caller's to remove
 */
export function newerBuild() {
  const newer = mkdtempSync(path.join(tmpdir(), 'safepoint-lab-newer-'));
  cpSync(dist, newer, { recursive: true });
  const assets = path.join(newer, 'assets');
  const names = readdirSync(assets);
  const texts = [path.join(newer, 'index.html'), ...names.map((name) => path.join(assets, name))];
  for (const file of texts.filter((name) => /\.(html|js|css)$/.test(name))) {
    const text = names.reduce(
      (all, name) => all.replaceAll(name, `newer-${name}`),
      readFileSync(file, 'utf8'),
    );
    writeFileSync(file, text.replace('<title>Safepoint Lab<', '<title>Newer Lab<'));
  }
  for (const name of names) renameSync(path.join(assets, name), path.join(assets, `newer-${name}`));
  writeServiceWorker(newer);
  return newer;
}
