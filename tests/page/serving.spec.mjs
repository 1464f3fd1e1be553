/** How the page is served: the headers without which there is no shared memory, and a policy that is kept. */
import { expect, test } from './support.mjs';

test('every response isolates, and allows no script but the page’s own', async ({ page, address }) => {
  const response = await page.goto(address);
  const headers = response?.headers() ?? {};
  expect(headers['cross-origin-opener-policy']).toBe('same-origin');
  expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
  const policy = headers['content-security-policy'] ?? '';
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
  expect(policy).toContain("worker-src 'self';");
  expect(policy).not.toContain("'unsafe-eval'");
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('the built page carries the same policy for hosts that set no headers', async ({ page, address }) => {
  const response = await page.goto(address);
  const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
  expect(await meta.getAttribute('content')).toBe(response?.headers()['content-security-policy']);
});

test('the page loads nothing from anywhere else', async ({ page, address }) => {
  /** @type {string[]} */
  const elsewhere = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
      elsewhere.push(request.url());
  });
  await page.goto(address, { waitUntil: 'networkidle' });
  expect(elsewhere).toEqual([]);
});
