/** The reference for scripts: one static page of the public types and their comments. */

import { escaped, staticPage } from './static-page.mjs';

/** @typedef {import('./lab-types.mjs').Declared} Declared */
/** @typedef {import('./lab-types.mjs').Named} Named */

/** @param {Declared[]} types @returns {string} */
export function referencePage(types) {
  const names = new Set(types.map(({ name }) => name));
  const sections = types.map((type) => section(type, names)).join('\n');
  const contents = types.map(({ name }) => link(name)).join('\n');
  return staticPage(
    'Safepoint Lab: reference for scripts',
    `<h1>Reference for scripts</h1>
<p>A script on the page finds the lab at <code>window.lab</code>. Times and durations are microseconds unless it says
otherwise, and never finer than the browser's clock; instants count from the start of the engine.
<a href="./lab.d.ts" download>lab.d.ts</a> has the same for TypeScript. <a href="./">To the lab.</a></p>
<pre>await lab.ready;
await lab.load(lab.examples()[0].source);
await lab.run({ workers: 4 });
const pause = await lab.pause('gc'); // resolves once the world is stopped
console.log(pause.sentence, pause.ttsp, pause.stragglers);
await lab.resume();
await lab.stop();</pre>
<nav aria-label="Types">
${contents}
</nav>
${sections}`,
  );
}

/** @param {Declared} type @param {Set<string>} names of all types */
function section({ name, kind, heading, comment, members }, names) {
  // Of a type that is no record all is in its heading.
  const whole = kind === 'type' ? `<pre>${signature(heading, names)}</pre>` : '';
  const base = kind === 'type' ? '' : heading.replace(/^(class|interface) \w+/, '').trim();
  return [
    `<section aria-labelledby="${name}">`,
    `<h2 id="${name}">${name}${base && ` ${signature(base, names)}`}</h2>`,
    proseOf(comment, names, name),
    whole,
    ...members.map((member) => memberOf(member, names, name)),
    '</section>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** @param {Named} member @param {Set<string>} names @param {string} type that it is of */
function memberOf({ name, text, comment }, names, type) {
  const plain = text.replace(/;$/, '').replace(/\n {4}/g, '\n');
  const shown = signature(plain, names).replace(new RegExp(`\\b${name}\\b`), `<b>${name}</b>`);
  const title = `<h3 id="${type}.${name}">${shown}</h3>`;
  return `<div class="member">\n${title}\n${proseOf(comment, names, type)}\n</div>`;
}

/** @param {string} text @param {Set<string>} names */
function signature(text, names) {
  return escaped(text).replace(/\b[A-Z]\w*\b/g, (word) => (names.has(word) ? link(word) : word));
}

/**
 * A comment as paragraphs.
 *
 * @param {string} comment
 * @param {Set<string>} names
 * @param {string} type whose members it may name
 */
function proseOf(comment, names, type) {
  const text = comment.replace(/^\/\*\*|\*\/$/g, '').replace(/^\s*\* ?/gm, '');
  return text
    .split(/\n\s*\n|\n(?=@)/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${sentence(paragraph, names, type)}</p>`)
    .join('\n');
}

/** @param {string} text @param {Set<string>} names @param {string} type */
function sentence(text, names, type) {
  return escaped(text)
    .replace(/^@param (\w+) /, '<code>$1</code>: ')
    .replace(/^@returns /, 'Returns: ')
    .replace(/^@throws \{@link (\w+)\} ?/, 'Throws {@link $1} ')
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\{@link (\w+)\}/g, (_, name) =>
      names.has(name) ? link(name) : `<a href="#${type}.${name}"><code>${name}</code></a>`,
    );
}

/** @param {string} name of a type */
function link(name) {
  return `<a href="#${name}">${name}</a>`;
}
