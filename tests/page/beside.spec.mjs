/** Text and bytecode beside each other on a wide screen. */
import { button, endRun, region, write } from './lab-page.mjs';
import { expect, openLab, test } from './support.mjs';

/** Long enough to scroll, both as text and as bytecode. */
const LONG = `.func main
${Array.from({ length: 80 }, (_, i) => `    const ${i}\n    pop           ; ${i}`).join('\n\n')}
again:
    jmp again
`;

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page @param {string} address @param {number} width */
async function openAt(page, address, width) {
  await page.setViewportSize({ width, height: 900 });
  await openLab(page, address);
  await endRun(page);
  await write(page, LONG);
  await expect(region(page, 'Program')).toContainText('161 instructions');
}

/** @param {Page} page @param {string} text of the instruction */
const row = (page, text) => page.locator('#pane-bytecode tr', { has: page.getByText(text, { exact: true }) });

test('text and bytecode are both there, and each shows what belongs to the other @deep', async ({
  page,
  address,
}) => {
  await openAt(page, address, 1900);
  await expect(region(page, 'Program').getByRole('tab')).toHaveCount(0);
  await page.keyboard.press('Control+Home');
  const line = page.locator('.cm-line', { hasText: /^\s*const 2$/ });
  const other = page.locator('.cm-line', { hasText: /^\s*const 4$/ });
  await expect(line).toBeVisible();
  await expect(row(page, 'const 2')).toBeVisible();
  await line.hover();
  await expect(row(page, 'const 2')).toHaveClass(/linked/);
  await row(page, 'const 4').hover();
  await expect(other).toHaveClass(/cm-linked/);
  await expect(row(page, 'const 2')).not.toHaveClass(/linked/);
  await line.click();
  await expect(row(page, 'const 2')).toHaveClass(/cursor/);
  await page.keyboard.press('ArrowDown');
  await expect(row(page, 'const 2')).not.toHaveClass(/cursor/);
  await row(page, 'const 4').dblclick();
  await expect(row(page, 'const 4')).toHaveClass(/cursor/);
});

test('they scroll together, whichever is scrolled @deep', async ({ page, address }) => {
  await openAt(page, address, 1900);
  const inSight = (/** @type {string} */ text) => expect(row(page, text)).toBeInViewport();
  await page.locator('.cm-content').hover();
  await page.mouse.wheel(0, -100_000);
  await inSight('const 0');
  await page.mouse.wheel(0, 100_000);
  await expect(page.locator('.cm-line', { hasText: /^\s*const 79$/ })).toBeInViewport();
  await inSight('const 79');
  await page.locator('#pane-bytecode').hover();
  await page.mouse.wheel(0, -100_000);
  await expect(page.locator('.cm-line', { hasText: /^\s*const 0$/ })).toBeInViewport();
  await inSight('const 0');
});

test('the text cursor takes the bytecode along @deep', async ({ page, address }) => {
  await openAt(page, address, 1900);
  await page.getByRole('textbox', { name: 'Program source' }).focus();
  await page.keyboard.press('Control+Home');
  await expect(row(page, 'const 79')).not.toBeInViewport();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('#pane-bytecode tr.cursor')).toContainText('jmp');
  await expect(page.locator('#pane-bytecode tr.cursor')).toBeInViewport();
});

test('where there is no room they are tabs @deep', async ({ page, address }) => {
  await openAt(page, address, 1799);
  await expect(page.locator('#pane-bytecode')).toBeHidden();
  await page.getByRole('tab', { name: 'Bytecode' }).click();
  await expect(page.locator('#pane-bytecode')).toBeVisible();
  await expect(page.locator('#pane-source')).toBeHidden();
  await page.getByRole('tab', { name: 'Source' }).click();
  await expect(page.locator('#pane-source')).toBeVisible();
  await page.setViewportSize({ width: 1800, height: 900 });
  await expect(page.locator('#pane-bytecode')).toBeVisible();
  await expect(button(page, 'Run')).toBeVisible();
});
