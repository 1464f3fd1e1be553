/** The field's terms, each explained once. */
import { term } from './dom.ts';

const TIPS = {
  safepoint:
    'A place in the program where a worker can stand still with its state in order: nothing half written, every reference findable.',
  'time to safepoint':
    'From asking all workers to stop until the last one has stopped. All others wait for that one.',
  'ready to running':
    'From when a task could run (it was started, gave way, or what it waited for came) to when a worker ran it, for each of its turns.',
  queue: 'How long the request waited for other pauses before it could begin.',
  noticing: 'From the last arrival until the requester was awake and could use the stopped world.',
  operation: 'What the world was stopped for: the collection, the snapshot or the look at the stacks.',
  held: 'How long the world stood still with nothing more to be done, until Resume or another release.',
  release: 'Letting the workers run again: clearing the request and waking them.',
  resuming:
    'From the last wake-up until the last worker executed an instruction again. The table has that of every worker.',
  executed:
    'The instructions since its last poll: after it was asked to stop, the worker executed no more than these. This does not depend on any clock.',
  straggler:
    'The worker that arrived last. All others wait for it. It is red where it was kept by what it did, and not by a lack of a processor.',
  'safe region':
    'A stretch in which a worker touches nothing of the virtual machine, for example while it waits. It counts as stopped without polling.',
  poll: 'The check that a running worker makes to learn whether it should stop. Between two polls the worker cannot be stopped.',
  'poll site':
    'An instruction at which a worker may ask whether it should stop. A filled dot beside the text: it does; an empty one: it is switched off.',
  'longest path':
    'The most instructions that a worker can run before it asks again whether it should stop. Computed from the program without running it.',
  'back-edge': 'A jump backwards in the program. Every turn of a loop takes one.',
  worker: 'A thread of the virtual machine. It runs the tasks of the program, one at a time.',
  'missing events':
    'Workers wrote down what they did faster than the page could read it. Below the red line the lanes show what is known.',
  'wasted worker time': 'The time that workers stood still and waited for the last one, summed over workers.',
};

export type Term = keyof typeof TIPS;

/** @param word as it stands in the text */
export function explained(name: Term, word: string = name) {
  return term(word, TIPS[name]);
}

/** Every term with its tip, in the order of the alphabet. */
export function glossary(): [term: string, tip: string][] {
  return Object.entries(TIPS).sort(([a], [b]) => a.localeCompare(b));
}

export function isTerm(name: string): name is Term {
  return Object.hasOwn(TIPS, name);
}

/** The terms that stand in the page itself: `<span data-term="poll">polls</span>`. */
export function explainTerms() {
  for (const element of document.querySelectorAll('[data-term]')) {
    const name = element.getAttribute('data-term') ?? '';
    if (isTerm(name)) element.replaceWith(explained(name, element.textContent ?? name));
  }
  let shown: HTMLElement | null = null;
  const show = (term: HTMLElement | null) => {
    if (term === shown) return;
    if (shown?.isConnected) tipOf(shown).hidePopover();
    shown = term;
    if (!term) return;
    tipOf(term).showPopover();
    place(term);
  };
  /** What was closed by Escape stays so until it is left. */
  let closed: HTMLElement | null = null;
  document.addEventListener('pointerover', ({ target }) => {
    const at = termAt(target) ?? termAt(document.activeElement);
    if (at !== closed) closed = null;
    show(at === closed ? null : at);
  });
  for (const kind of ['focusin', 'focusout'])
    document.addEventListener(kind, ({ target }) => {
      closed = null;
      show(kind === 'focusin' ? termAt(target) : null);
    });
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    closed = shown;
    show(null);
  });
  const moved = () => {
    if (shown) place(shown);
  };
  document.addEventListener('scroll', moved, { capture: true, passive: true });
  addEventListener('resize', moved);
}

function termAt(target: EventTarget | null) {
  return target instanceof Element ? target.closest<HTMLElement>('.term') : null;
}

/** It is above everything, so that no pane cuts it off. */
function tipOf(term: HTMLElement) {
  const tip = term.querySelector<HTMLElement>('.tip');
  if (!tip) throw new Error('a term without a tip');
  return tip;
}

/** Room that is left between a tip and the window, pixels. */
const MARGIN = 8;

/** Puts the tip below its word, or above it where there is no room below, and within the window. */
function place(term: HTMLElement) {
  const tip = tipOf(term);
  const word = term.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const isLow = word.bottom + height > clientHeight - MARGIN && word.top - height > 0;
  tip.style.left = `${Math.max(MARGIN, Math.min(word.left, clientWidth - MARGIN - width))}px`;
  tip.style.top = `${isLow ? word.top - height : word.bottom}px`;
}
