import assert from 'node:assert/strict';
import { test } from 'vitest';
import { docsPages } from '../../scripts/docs-pages.mjs';

const pages = docsPages();

test('the documents are pages whose links lead to pages and places that are there', () => {
  assert.ok(pages['docs/index.html'] && pages['docs/tasks.html']);
  for (const [name, page] of Object.entries(pages)) {
    for (const [, href = ''] of page.matchAll(/href="([^"]*)"/g)) {
      if (/^(https?:|\.\.?\/$)/.test(href)) continue;
      const [file, place] = href.split('#');
      const target = file ? pages[`docs/${file.replace('./', '')}`] : page;
      assert.ok(target, `${name}: ${href}`);
      if (place) assert.ok(target.includes(`id="${place}"`), `${name}: ${href}`);
    }
  }
});

test('code and what is in angle brackets is text', () => {
  const page = pages['docs/embedding.html'] ?? '';
  assert.ok(page.includes('&lt;safepoint-lab program=&quot;A long copy&quot;'));
  assert.ok(!/<safepoint-lab/.test(page));
});
