/** The engine in Firefox, where workers that start workers hang: ours are started by the page. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FIB, spinners } from '../page/engine-programs.mjs';
import { evaluate, freshLoads, openLab, startFirefox } from './support.mjs';

const LOADS = 6;
const WORKERS = 8;

/** @type {import('./support.mjs').Firefox} */
let firefox;
before(async () => {
  firefox = await startFirefox();
});
after(() => firefox?.close());

test('a program runs to its end', { timeout: 120_000 }, async () => {
  await openLab(firefox);
  const finished = await evaluate(
    firefox,
    `await lab.stop();
     await lab.load(args[0]);
     await lab.run({ workers: 2 });
     return lab.finished();`,
    FIB,
  );
  assert.equal(finished.result, '6765');
});

test(`${LOADS} fresh loads start ${WORKERS} workers and stop them`, { timeout: 600_000 }, () =>
  freshLoads(firefox, LOADS, WORKERS),
);

test('no instruction runs between a pause and its resume, with 8 workers', { timeout: 600_000 }, async () => {
  await openLab(firefox);
  await evaluate(
    firefox,
    `await lab.stop();
     await lab.load(args[0]);
     await lab.run({ workers: args[1] });`,
    spinners(WORKERS),
    WORKERS,
  );
  // One script has a limit of its own, and a busy machine may need it for a few rounds.
  for (let round = 0; round < 200; round += 10) {
    const moved = await evaluate(
      firefox,
      `const counts = () => String(lab.workers().map(({ instructions }) => instructions));
       let moved = 0;
       for (let round = 0; round < 10; round++) {
         await lab.pause('gc');
         const before = counts();
         await new Promise((resolve) => setTimeout(resolve, 0));
         if (before !== counts()) moved++;
         await lab.resume();
       }
       return moved;`,
    );
    assert.equal(moved, 0, `rounds from ${round}`);
  }
  const left = await evaluate(
    firefox,
    `const counts = () => lab.workers().map(({ instructions }) => instructions);
     const before = counts();
     const left = () => counts().filter((count, worker) => count <= before[worker]).length;
     while (left() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
     return left();`,
  );
  assert.equal(left, 0);
});
