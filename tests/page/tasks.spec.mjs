/** Lessons from elsewhere: from a disk, with a link, from the host, in a frame. */
import { readFileSync } from 'node:fs';
import { dist } from '../../scripts/paths.mjs';
import { button, expectRunning, expectState, goTo, region, write } from './lab-page.mjs';
import { startHost } from './static-host.mjs';
import { allowErrors, expect, openLab, test } from './support.mjs';

/** The example of the document is a lesson. */
const document_ = readFileSync(new URL('../../docs/tasks.md', import.meta.url), 'utf8');
const TASK = /```markdown\n(.*?)\n```/s.exec(document_)?.[1] ?? '';
const GIVEN = /(?:^ {4}.*\n|^\n(?= {4}))+/m.exec(TASK)?.[0].replace(/^ {4}/gm, '').trimStart() ?? '';
/** A call in each turn polls, and there are enough turns to be stopped in. */
const ANSWER = `${GIVEN.replace('i++;', 'i = next(i);').replace('50000000', '2000000000')}
function next(i: number): number {
  return i + 1;
}
`;

/** @param {import('@playwright/test').Page} page @param {string} text @param {string} name */
async function drop(page, text, name = 'cure.md') {
  await page.locator('#file').setInputFiles({ name, mimeType: 'text/markdown', buffer: Buffer.from(text) });
}

/** @param {import('@playwright/test').Page} page */
const title = (page) => region(page, 'Lessons').getByRole('heading', { level: 3 });
/** @param {import('@playwright/test').Page} page */
const seen = (page) => page.locator('#lesson-seen');

test('the document’s task: from the disk, solved, and its steps are ticked by what happens', async ({
  lab,
}) => {
  await expectRunning(lab);
  // With so many turns that its run is not over before it is ended.
  await drop(lab, TASK.replaceAll('50000000', '2000000000'));
  await expect(title(lab)).toHaveText('10. Cure the loop');
  const editor = lab.getByRole('textbox', { name: 'Program source' });
  await expect(editor).toContainText('name: Cure the loop');
  // What ran was another program, although its paths are short.
  await expectState(lab, 'Not running');
  await expect(region(lab, 'Lessons').locator('#lesson-steps .ok')).toHaveCount(0);
  await expect(region(lab, 'Lessons').getByRole('button', { name: 'Run its program' })).toBeVisible();
  await region(lab, 'Lessons').getByRole('button', { name: 'Run its program' }).click();
  await expect(seen(lab)).toHaveText('The longest path is unbounded in count, line 4.');
  await button(lab, 'End run').click();
  await write(lab, ANSWER);
  await button(lab, 'Run').click();
  await expect(region(lab, 'Lessons').locator('#lesson-steps .ok')).toHaveCount(1);
  await region(lab, 'Lessons').getByRole('button', { name: 'Stop the world' }).click();
  await expect(seen(lab)).toContainText('The world stood still after');
  await region(lab, 'Lessons').getByRole('button', { name: 'Resume' }).click();
  await expectRunning(lab);
});

test('a lesson goes along in a link, and waits there; a reload keeps it @deep', async ({
  lab,
  browser,
  address,
}) => {
  await expectRunning(lab);
  await drop(lab, TASK);
  await expect(title(lab)).toHaveText('10. Cure the loop');
  const link = await lab.evaluate(() => window.lab.link());
  // Another reader's browser, which does not know the program.
  const page = await browser.newPage();
  await page.goto(link);
  await expect(title(page)).toHaveText('10. Cure the loop');
  await expectState(page, 'Ready to run');
  await expect(page).toHaveURL(`${address}#learn`);
  await page.reload();
  await expect(title(page)).toHaveText('10. Cure the loop');
  await goTo(page, 'Try');
  expect(await page.evaluate(() => window.lab.link())).not.toBe(link);
  await page.close();
});

test('what is wrong with a lesson is said with its place @deep', async ({ lab }) => {
  await expectRunning(lab);
  const wrong = TASK.replace('check: stops', 'check: stop');
  await drop(lab, wrong);
  await expect(lab.getByRole('alert')).toContainText(
    'Step 2: there is no check "stop"; expected one of runs',
  );
  // What was there is there still, and no other lesson in its place.
  await expectRunning(lab);
  await expect(lab.locator('body')).toHaveAttribute('data-job', 'try');
  await expect(lab.getByRole('alert')).toBeVisible();
});

test('a text that is pasted as a program and is a lesson is opened as one @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, TASK);
  await expect(region(lab, 'Program')).toContainText('this is the text of a lesson or task');
  await button(lab, 'Open the lesson').click();
  await expect(title(lab)).toHaveText('10. Cure the loop');
  await expect(lab.getByRole('textbox', { name: 'Program source' })).toContainText('name: Cure the loop');
});

test('a link whose lesson is wrong shows its program and says what is wrong @deep', async ({
  page,
  address,
}) => {
  await openLab(page, address);
  await expectRunning(page);
  await drop(page, TASK);
  await expect(title(page)).toHaveText('10. Cure the loop');
  const link = await page.evaluate(async () => {
    const { hash } = new URL(await window.lab.link());
    const bytes = Uint8Array.from(
      atob(
        hash
          .replace(/^#lab1=/, '')
          .replaceAll('-', '+')
          .replaceAll('_', '/'),
      ),
      (c) => c.charCodeAt(0),
    );
    const stream = (/** @type {Uint8Array<ArrayBuffer>} */ data, /** @type {TransformStream} */ through) =>
      new Response(new Blob([data]).stream().pipeThrough(through));
    const text = await stream(bytes, new DecompressionStream('deflate')).text();
    const wrong = new TextEncoder().encode(text.replace('check: stops', 'check: stop'));
    const packed = await stream(wrong, new CompressionStream('deflate')).bytes();
    return `#lab1=${btoa(String.fromCharCode(...packed))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')}`;
  });
  for (const at of [await page.context().newPage(), page]) {
    if (at !== page) await openLab(at, address + link);
    else await at.evaluate((hash) => (location.hash = hash), link);
    await expect(at.getByRole('alert')).toContainText('Step 2: there is no check "stop"');
    await expect(at.getByRole('textbox', { name: 'Program source' })).toContainText('name: Cure the loop');
  }
});

test('a foreign lesson is text: no element and no script of it comes into the page @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  const hostile = TASK.replace(
    'In this program',
    '<img src=x onerror="window.hit = 1"> [press](javascript:window.hit=1) ![i](http://127.0.0.1:9/x) <script>window.hit = 1</script>\n\nIn this program',
  ).replace('title: Cure the loop', 'title: <b onmouseover=window.hit=1>bold</b>');
  await drop(lab, hostile);
  await expect(title(lab)).toHaveText('10. <b onmouseover=window.hit=1>bold</b>');
  const of = lab.locator('#lesson-title, #lesson-text, #lesson-steps');
  await expect(of.locator('img, script, b, a')).toHaveCount(0);
  await expect(region(lab, 'Lessons')).toContainText('<img src=x');
  expect(await lab.evaluate(() => /** @type {any} */ (window).hit)).toBeUndefined();
});

test('an address names a lesson of the same host, and no other @deep', async ({ page, address }) => {
  await page.route('**/tasks/cure.md', (route) =>
    route.fulfill({ body: TASK, contentType: 'text/markdown' }),
  );
  await page.goto(`${address}?lesson=tasks/cure.md`);
  await expect(title(page)).toHaveText('10. Cure the loop');
  await expectState(page, 'Running');
  await expect(seen(page)).toHaveText('The longest path is unbounded in count, line 4.');
  await page.goto(`${address}?lesson=https://example.org/cure.md`);
  await expect(page.getByRole('alert')).toContainText('is not on the host of this page');
  allowErrors(page, /404/);
  await page.route('**/none.md', (route) => route.fulfill({ status: 404, body: 'not found' }));
  await page.goto(`${address}?lesson=none.md`);
  await expect(page.getByRole('alert')).toContainText('could not be loaded (status 404)');
  await page.route('**/wrong.md', (route) =>
    route.fulfill({ body: TASK.replace('check: stops', 'check: stop'), contentType: 'text/markdown' }),
  );
  await page.goto(`${address}?lesson=wrong.md`);
  await expect(page.getByRole('alert')).toContainText('Step 2: there is no check "stop"');
  await page.goto(`${address}?lesson=index.html`);
  await expect(page.getByRole('alert')).toContainText('index.html is no lesson: a lesson begins with a line');
});

test('a frame tells the page around it what happens, and no other page @deep', async ({ page, address }) => {
  const host = await startHost(dist, '/lab/', {
    '/': `<!doctype html><html lang="en"><title>Course</title><link rel="icon" href="data:,">
      <script src="${address}embed.js"></script>
      <script>
        window.heard = [];
        window.all = [];
        addEventListener('message', ({ data }) => window.all.push(data));
        addEventListener('DOMContentLoaded', () => {
          const element = document.querySelector('safepoint-lab');
          for (const name of ['ready', 'pause', 'step'])
            element.addEventListener(name, ({ detail }) => window.heard.push([name, detail]));
        });
      </script>
      <safepoint-lab autostart>
${TASK.replace('polls: back-edges off', 'polls: all on').replaceAll('50000000', '2000000000').replaceAll('<', '&lt;')}
</safepoint-lab>`,
  });
  await page.goto(host.origin);
  /** @type {() => Promise<[string, any][]>} */
  const heard = () => page.evaluate(() => /** @type {any} */ (window).heard);
  await expect.poll(async () => (await heard()).map(([name]) => name)).toContain('step');
  const frame = /** @type {any} */ (page.frameLocator('iframe'));
  await frame.getByRole('button', { name: 'Stop the world' }).click();
  await expect.poll(async () => (await heard()).map(([name]) => name)).toContain('pause');
  const all = await heard();
  expect(all[0]).toEqual(['ready', { live: true }]);
  expect(all.find(([name]) => name === 'step')?.[1]).toEqual({
    ...{ lesson: 'Cure the loop', step: 1, steps: 3, done: false },
  });
  expect(all.find(([name]) => name === 'pause')?.[1]).toMatchObject({
    reason: 'gc',
    by: 'page',
    ended: 'completed',
  });
  // A message that another window made up is no event.
  const before = (await heard()).length;
  await page.evaluate(() => window.postMessage({ source: 'safepoint-lab', type: 'step', step: 9 }, '*'));
  await expect
    .poll(() =>
      page.evaluate(() => /** @type {any} */ (window).all.some((/** @type {any} */ one) => one.step === 9)),
    )
    .toBe(true);
  expect((await heard()).length).toBe(before);
  // Without a name for the page around, nothing is told.
  await page.evaluate((src) => {
    document.querySelector('safepoint-lab')?.remove();
    /** @type {any} */ (window).all = [];
    const plain = Object.assign(document.createElement('iframe'), { src, allow: 'cross-origin-isolated' });
    document.body.append(plain);
  }, `${address}?embed&autostart&program=Busy%20loops`);
  await expectState(frame, 'Running');
  expect(await page.evaluate(() => /** @type {any} */ (window).all)).toEqual([]);
  await host.close();
});

test('the editor of a solved task is what a link carries @deep', async ({ page, address }) => {
  await openLab(page, address);
  await expectRunning(page);
  await drop(page, TASK);
  await expect(title(page)).toHaveText('10. Cure the loop');
  await write(page, ANSWER);
  const link = await page.evaluate(() => window.lab.link());
  await page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))));
  await button(page, 'Share').click();
  await expect(page.locator('#share-text')).toContainText('The text is your version');
  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.getByRole('textbox', { name: 'Program source' })).toContainText('i = next(i)');
});
