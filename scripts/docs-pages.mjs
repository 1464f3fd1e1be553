/** The documents of readers as static pages beside the lab: `dist/docs/`. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Marked } from 'marked';
import { root } from './paths.mjs';
import { escaped, staticPage } from './static-page.mjs';

const FOLDER = path.join(root, 'docs');

/**
 * Every document of the folder; the folder's README is the index.
 *
 * @returns {Record<string, string>} pages by their path in `dist`
 */
export function docsPages() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
  return Object.fromEntries(names.map((name) => [`docs/${pageOf(name)}`, docsPage(name)]));
}

/** @param {string} name of a document */
function docsPage(name) {
  const text = readFileSync(path.join(FOLDER, name), 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1] ?? name;
  const marked = new Marked({ gfm: true, renderer: RENDERER });
  const way = name === 'README.md' ? '' : '<a href="./">All documents</a> · ';
  return staticPage(
    title,
    `<p>${way}<a href="../">To the lab</a></p>\n${marked.parse(text, { async: false })}`,
  );
}

/** @param {string} name */
const pageOf = (name) => name.replace(/^README\.md$/, 'index.html').replace(/\.md$/, '.html');

/** @param {string} text of a heading, as other documents link to it */
const idOf = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** @type {import('marked').RendererObject} */
const RENDERER = {
  heading({ tokens, depth, text }) {
    return `<h${depth} id="${escaped(idOf(text))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
  },
  link({ href, tokens }) {
    const inside = this.parser.parseInline(tokens);
    const [, name, rest = ''] = /^([\w-]+\.md)(#.*)?$/.exec(href) ?? [];
    if (name) return `<a href="./${pageOf(name)}${escaped(rest)}">${inside}</a>`;
    // Of the rest of the project only the text is here.
    return /^(https?:|#)/.test(href) ? `<a href="${escaped(href)}">${inside}</a>` : inside;
  },
  table({ header, rows }) {
    const cells = (/** @type {import('marked').Tokens.TableCell[]} */ row, /** @type {string} */ tag) =>
      row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('');
    const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
    // On a narrow screen the table scrolls, and not the page.
    return `<div class="wide" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${cells(header, 'th')}</tr></thead><tbody>\n${body}</tbody></table></div>\n`;
  },
  code({ text }) {
    return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
  },
};
