/** The few things that every view does with the document. */
import morphdom from 'morphdom';

/** An element that the page is known to have. */
export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element as T;
}

type Listener = (event: any) => void;

/**
 * Makes an element. `class`, `text` and functions (`onclick`) are treated as such, everything
 * else is an attribute; null and false leave it out.
 */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number | boolean | null | undefined | Listener> = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (name === 'text') element.textContent = String(value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Sets text only where it changed: an unchanged node costs no layout. */
export function setText(element: Element, text: string) {
  if (element.textContent !== text) element.textContent = text;
}

/** A sentence whose code stands between backticks. */
export function words(text: string): (Node | string)[] {
  const parts = text.split('`');
  // A backtick of the program's own leaves one without its other half.
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, index) => (index % 2 ? make('code', { text: part }) : part));
}

const said: WeakMap<Element, string> = new WeakMap();

/** As `setText`, of a sentence with code. */
export function setWords(element: Element, text: string) {
  if (said.get(element) === text) return;
  setNodes(element, ...words(text));
  said.set(element, text);
}

/** Sets something else than words in an element that may have had some. */
export function setNodes(element: Element, ...nodes: (Node | string)[]) {
  said.delete(element);
  element.replaceChildren(...nodes);
}

/**
 * Has a box show these nodes and changes only what differs from what it shows: who stands on a button, has scrolled or
 * has marked a text that stays in its place is left there. Listeners belong on the box, for an element that stays
 * keeps those it has. Rows with the same `data-row` are the same row wherever they stand.
 */
export function fill(box: HTMLElement, ...nodes: Node[]) {
  const wanted = box.cloneNode(false);
  for (const node of nodes) wanted.appendChild(node);
  const focused = document.activeElement;
  morphdom(box, wanted, {
    childrenOnly: true,
    getNodeKey: (node) => (node instanceof HTMLElement ? node.dataset.row : undefined),
    // The same term has another number each time it is made.
    onBeforeElUpdated: (before, now) => before.className !== 'term' || before.textContent !== now.textContent,
  });
  // A row that moves loses it.
  if (focused instanceof HTMLElement && focused !== document.activeElement && box.contains(focused))
    focused.focus({ preventScroll: true });
}

/** Sets properties only where they change: browsers look at the styles anew also for a value that was there before. */
export function set<Kind extends HTMLElement>(element: Kind, properties: Partial<Kind>) {
  for (const name of Object.keys(properties) as (keyof Kind)[]) {
    const value = properties[name] as Kind[keyof Kind];
    if (element[name] !== value) element[name] = value;
  }
}

/**
 * A press unfolds what stands beside it, and folds it again. The style says where there is so little room that it
 * begins folded (`:has(.fold[aria-expanded='false'])`); elsewhere the button is not shown.
 */
export function folds(button: HTMLElement) {
  button.ariaExpanded = 'false';
  button.addEventListener('click', () => {
    button.ariaExpanded = String(button.ariaExpanded !== 'true');
  });
}

/** A term of the field with a tip of one or two sentences. */
export function term(word: string, tip: string) {
  termCount += 1;
  const id = `term-${termCount}`;
  const bubble = make('span', { role: 'tooltip', id, class: 'tip', popover: 'manual', text: tip });
  return make(
    'span',
    { class: 'term' },
    make('span', { class: 'word', tabindex: 0, 'aria-describedby': id, text: word }),
    bubble,
  );
}

let termCount = 0;

/**
 * A table with a caption.
 *
 * @param heads a column of figures is named `{ figure: name }`
 */
export function table(
  caption: string,
  heads: (string | Node | { figure: string | Node })[],
  bodies: HTMLTableSectionElement | HTMLTableSectionElement[],
) {
  const row = make(
    'tr',
    {},
    ...heads.map((head) =>
      typeof head === 'object' && 'figure' in head
        ? make('th', { scope: 'col', class: 'figure' }, head.figure)
        : make('th', { scope: 'col' }, head),
    ),
  );
  return make('table', {}, make('caption', { text: caption }), make('thead', {}, row), ...[bodies].flat());
}
