/** A stop that does not come: what the page says meanwhile, and what is left of the request. */
import { readFileSync } from 'node:fs';
import { button, detail, expectRunning, expectState, openSettings, runIt, write } from './lab-page.mjs';
import { expect, test } from './support.mjs';

const DEAF = readFileSync(new URL('one-loop-without-a-poll.sasm', import.meta.url), 'utf8');
/** The line of the jump that does not poll. */
const LINE = DEAF.split('\n').findIndex((line) => line.includes('does not poll') && line.includes('jmp')) + 1;

/** @param {import('@playwright/test').Page} page */
async function runDeaf(page) {
  await expectRunning(page);
  await write(page, DEAF);
  await runIt(page);
  await expect(page.locator('#editor')).toContainText('deaf');
}

test('while a worker is missing the page says which, since when, where, why and what to do', async ({
  lab,
}) => {
  await runDeaf(lab);
  await button(lab, 'GC').click();
  const sentence = lab.locator('#says');
  await expect(sentence).toContainText(/GC has waited [\d.]+\s*(ms|s) for 1 worker of 4 to stop/);
  await expect(sentence).toContainText(
    new RegExp(`Worker \\d is in a loop whose back-edge does not poll \\(deaf, line ${LINE}, jmp `),
  );
  await expect(sentence).toContainText('Press Take back to let all workers run on');
  await expect(sentence).not.toContainText('Press Run');
  await expectState(lab, '3 of 4 arrived');
  const awaiting = await lab.evaluate(() => window.lab.awaiting());
  expect(awaiting?.workers.map(({ kind, line }) => [kind, line])).toEqual([['unpolled-loop', LINE]]);
  await button(lab, 'Take back').click();
  await expectRunning(lab);
  // What was taken back is told of where it was told of while it waited, and has a row and a line of its own.
  await expect(sentence).not.toContainText('has waited');
  await expect(sentence).not.toContainText('Nothing has stopped the world yet');
  const pauses = await detail(lab, 'Pauses');
  await expect(pauses.getByRole('row', { name: /Show pause \d+ GC page .* taken back after/ })).toHaveCount(
    1,
  );
  await expect(lab.locator('#statistics-title')).toContainText('1 request given up');
  await expect(await detail(lab, 'Log')).toContainText(/Request \d+ "GC" taken back/);
  const [record] = await lab.evaluate(() => window.lab.pauses);
  expect(record?.ended).toBe('cancelled');
  await expect((await detail(lab, 'This pause')).locator('.parts')).toContainText('Waited in vain');

  expect(await lab.evaluate(() => window.lab.awaiting())).toBe(null);
});

test('a stop that is asked for is what is looked at, also before it comes @deep', async ({ lab }) => {
  await runDeaf(lab);
  await button(lab, 'GC').click();
  await button(lab, 'Take back').click();
  await expectRunning(lab);
  const [first] = await lab.evaluate(() => window.lab.pauses.map(({ id }) => id));
  await (await detail(lab, 'Pauses')).getByRole('row', { name: `Show pause ${first}` }).click();
  const parts = (await detail(lab, 'This pause')).locator('.parts');
  await expect(parts).toContainText('Waited in vain');
  await button(lab, 'GC').click();
  await expectState(lab, '3 of 4 arrived');
  await expect(parts).toHaveCount(0);
  await expect(lab.locator('#says')).toContainText('GC has waited');
  await button(lab, 'Take back').click();
  await expectRunning(lab);
});

test('the warning names what keeps the worker, and not where it polled last @quick', async ({ lab }) => {
  await runDeaf(lab);
  await lab.evaluate(() => window.lab.setTimeouts({ warn: 100_000, deadline: null }));
  await button(lab, 'GC').click();
  await expect(await detail(lab, 'Log')).toContainText(
    new RegExp(
      `has waited for [\\d.]+\\s*ms for worker \\d, in a loop whose back-edge does not poll \\(deaf, line ${LINE},`,
    ),
  );
  await button(lab, 'Take back').click();
  await expectRunning(lab);
});

test('breakpoints and counts are told while a stop does not come @deep', async ({ lab }) => {
  await expectRunning(lab);
  const before = await lab.evaluate(async (source) => {
    await window.lab.stop();
    await window.lab.load(source);
    await window.lab.breakpoint({ function: 'main', instruction: 0, condition: 'hits > 1000' });
    await window.lab.run({ workers: 4 });
    return { breakpoints: await window.lab.breakpoints(), hits: [...(await window.lab.hits())] };
  }, DEAF);
  expect(before.breakpoints).toHaveLength(1);
  await lab.waitForFunction(() => window.lab.workers().every(({ state }) => state === 'running'));
  await lab.evaluate(() => void window.lab.pause('gc').catch(() => {}));
  const meanwhile = () =>
    lab.evaluate(async () => ({
      breakpoints: await window.lab.breakpoints(),
      hits: (await window.lab.hits()).length,
    }));
  // At once, and when it is known that a worker is missing.
  expect(await meanwhile()).toEqual({ breakpoints: before.breakpoints, hits: before.hits.length });
  await lab.waitForFunction(() => window.lab.awaiting() !== null);
  expect(await meanwhile()).toEqual({ breakpoints: before.breakpoints, hits: before.hits.length });
  await lab.evaluate(() => window.lab.stop());
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('settings and what statistics say keep inside @deep', async ({ lab }) => {
    await expectRunning(lab);
    await openSettings(lab);
    const cut = await lab.evaluate(() => {
      const texts = [...document.querySelectorAll('#settings :is(.hint, .check, .row), #statistics > .hint')];
      const ends = texts.flatMap((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const { left, right, width } = range.getBoundingClientRect();
        const room = (element.closest('.panel')?.getBoundingClientRect().left ?? -8) + 8;
        return width > 0 && (left < room || right > innerWidth) ? [element.textContent?.trim()] : [];
      });
      return ends;
    });
    expect(cut).toEqual([]);
  });
});
