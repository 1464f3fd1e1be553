/** The lab in a frame of another page, which sends no headers. */
import { dist } from '../../scripts/paths.mjs';
import { button, expectState } from './lab-page.mjs';
import { startHost } from './static-host.mjs';
import { expect, test } from './support.mjs';

/**
 * A page of another origin.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} content
 */
async function course(page, content) {
  const host = await startHost(dist, '/lab/', {
    '/': `<!doctype html><html lang="en"><title>Course</title><link rel="icon" href="data:,">${content}`,
  });
  await page.goto(host.origin);
  return host;
}

/** What is in the frame, as tests of the page have it. @param {import('@playwright/test').Page} page */
function inside(page) {
  const frame = page.frameLocator('iframe');
  return /** @type {import('@playwright/test').Page} */ (/** @type {unknown} */ (frame));
}

test('the element runs an example in a page of another origin', async ({ page, address }) => {
  const host = await course(
    page,
    `<script src="${address}embed.js"></script>
     <safepoint-lab program="A loop without a poll" workers="3" autostart></safepoint-lab>`,
  );
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  const lab = inside(page);
  await expectState(lab, 'Running on 3 workers');
  await expect(
    lab.getByRole('combobox', { name: 'Program', exact: true }).locator('option:checked'),
  ).toHaveText('A long copy'); // as it is called since
  await button(lab, 'Debug').click();
  await expectState(lab, 'Stopped for Debug');
  const [frame] = page.frames().slice(1);
  await expect(lab.getByRole('link', { name: 'Open in a tab of its own' })).toHaveAttribute(
    'href',
    (await frame?.evaluate(() => window.lab.link())) ?? '?',
  );
  await host.close();
});

test('a program between the tags waits for Run, and nothing of it is remembered', async ({
  page,
  address,
}) => {
  const host = await course(
    page,
    `<safepoint-lab>
.func main ()
    const "from the course &amp; back"
    print
    const 7
    ret
</safepoint-lab><script src="${address}embed.js"></script>`,
  );
  const lab = inside(page);
  await expect(lab.getByRole('textbox', { name: 'Program source' })).toContainText('from the course & back');
  await expectState(lab, 'Ready to run');
  await button(lab, 'Run').click();
  await expectState(lab, 'Finished with 7');
  const [frame] = page.frames().slice(1);
  expect(await frame?.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  await host.close();
});

for (const [how, rest] of [
  ['and nothing follows', ''],
  ['and more follows', '<p>More</p>'],
]) {
  test(`a program between the tags is shown also where the script comes first, ${how} @deep`, async ({
    page,
    address,
  }) => {
    const host = await course(
      page,
      `<script src="${address}embed.js"></script>
<safepoint-lab>
.func main ()
    const 8
    ret
</safepoint-lab>${rest}`,
    );
    const lab = inside(page);
    await expect(lab.getByRole('textbox', { name: 'Program source' })).toContainText('const 8');
    await button(lab, 'Run').click();
    await expectState(lab, 'Finished with 8');
    await host.close();
  });
}

test('an element that a script makes shows what it is given @quick', async ({ page, address }) => {
  const host = await course(page, `<script src="${address}embed.js"></script><main></main>`);
  await page.evaluate(() => {
    const element = document.createElement('safepoint-lab');
    element.textContent = '.func main ()\n    const 9\n    ret\n';
    document.querySelector('main')?.append(element);
  });
  await expect(inside(page).getByRole('textbox', { name: 'Program source' })).toContainText('const 9');
  await host.close();
});

test('a plain frame does the same; an unknown example is told of @deep', async ({ page, address }) => {
  const host = await course(
    page,
    `<iframe title="Lab" width="900" height="700" src="${address}?embed&amp;program=Nonesuch&amp;autostart"></iframe>`,
  );
  const lab = inside(page);
  await expectState(lab, 'Running on');
  await expect(lab.getByRole('alert')).toContainText('There is no example called "Nonesuch".');
  await host.close();
});

test('where the frame cannot be isolated, one sentence and a link say what to do @deep', async ({ page }) => {
  // No headers and no service worker (blocked for tests): as in browsers without isolation of frames.
  const host = await course(
    page,
    `<iframe title="Lab" src="./lab/?embed#text=; Mine%0A.func main%0A const 1%0A ret"></iframe>`,
  );
  const lab = inside(page);
  await expect(lab.getByRole('alert')).toContainText(
    'The page around this one is not isolated from other origins',
  );
  await expect(lab.getByRole('textbox', { name: 'Program source' })).toContainText('; Mine');
  const [tab] = await Promise.all([
    page.waitForEvent('popup'),
    lab.getByRole('link', { name: 'Open in a tab of its own' }).click(),
  ]);
  await expect(tab.getByRole('textbox', { name: 'Program source' })).toContainText('; Mine');
  await host.close();
});

test.describe('with a service worker', () => {
  test.use({ serviceWorkers: 'allow' });
  test('a frame from a host without headers isolates itself @deep', async ({ page }) => {
    const host = await course(page, `<iframe title="Lab" src="./lab/?embed&amp;autostart"></iframe>`);
    await expectState(inside(page), 'Running on');
    await host.close();
  });
});

test('a frame has no room for comparing: it shows lanes and program', async ({ page, address }) => {
  await page.goto(`${address}?embed#compare`);
  await expect(page.getByRole('textbox', { name: 'Program source' })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Lanes/ })).toBeVisible();
});
