/** Text and bytecode side by side: they scroll together, and each shows what belongs to a place in the other. */
import { byId } from './dom.ts';
import { tabs } from './tabs.ts';
import { interpolate } from './scroll-map.ts';
import type { Editor } from './editor.ts';
import type { BytecodeView } from './bytecode.ts';

/** From here on both fit beside each other; style/program.css has the same width. */
const BESIDE = '(min-width: 1800px)';

type Pane = 'source' | 'bytecode';

/** @returns has neither follow the other until one of them is touched */
export function linkPanes(
  editor: Editor,
  bytecode: BytecodeView,
  showLine: (line: number) => void,
): () => void {
  const text = editor.view.scrollDOM;
  const { box } = bytecode;
  const wide = matchMedia(BESIDE);
  /** The pane that was touched last leads; the other one follows, and its own scrolling is not heard. */
  let leader: Pane | null = 'source';
  /** Where lines lie in the text and their rows in the bytecode, made when it is asked for. */
  let anchors: [number, number][] | null = null;
  const forget = () => {
    anchors = null;
  };

  const leads = (element: HTMLElement, pane: Pane) => {
    for (const event of ['wheel', 'pointerdown', 'touchstart', 'keydown', 'focusin']) {
      element.addEventListener(event, () => (leader = pane), { passive: true });
    }
  };
  leads(text, 'source');
  leads(box, 'bytecode');
  text.addEventListener('scroll', () => follow('source'), { passive: true });
  box.addEventListener('scroll', () => follow('bytecode'), { passive: true });

  function follow(moved: Pane) {
    if (moved !== leader || !wide.matches) return;
    anchors ??= anchorsNow();
    if (moved === 'source') box.scrollTop = interpolate(anchors, text.scrollTop);
    else
      text.scrollTop = interpolate(
        anchors.map(([a, b]) => [b, a]),
        box.scrollTop,
      );
  }

  function anchorsNow(): [number, number][] {
    const pairs: [number, number][] = [[0, 0]];
    for (const { line, top } of bytecode.places().sort((a, b) => a.line - b.line)) {
      const y = editor.topOf(line);
      if (y === null) continue;
      const [before, beforeTop] = pairs.at(-1) as [number, number];
      // Functions may stand in another order than their lines: only what goes down in both leads.
      if (y > before && top > beforeTop) pairs.push([y, top]);
    }
    pairs.push([text.scrollHeight, box.scrollHeight]);
    return pairs;
  }

  editor.onCursor = (place) => {
    bytecode.reach(place.line);
    bytecode.mark(place, 'cursor');
    if (wide.matches && leader === 'source') bytecode.reveal(place.line);
  };
  editor.onPointer = (place) => bytecode.mark(place, 'linked');
  bytecode.onRows = () => {
    forget();
    bytecode.mark(editor.cursorPlace, 'cursor');
  };
  new ResizeObserver(forget).observe(box);
  new ResizeObserver(forget).observe(editor.view.contentDOM);

  const lineOf = (event: Event) => {
    const row = (event.target as HTMLElement).closest('tr');
    return row?.dataset.line ? Number(row.dataset.line) : null;
  };
  box.addEventListener('pointerover', (event) => {
    const row = (event.target as HTMLElement).closest('tr');
    const statement = row && bytecode.lines.find(({ element }) => element === row)?.row.statement;
    editor.showLinked(lineOf(event), statement ?? null);
  });
  box.addEventListener('pointerleave', () => editor.showLinked(null));
  box.addEventListener('dblclick', (event) => {
    const line = lineOf(event);
    if (line !== null) showLine(line);
  });

  panes(wide);
  return () => {
    leader = null;
  };
}

/** Two tabs where there is room for one pane, no tabs where there is room for both. */
function panes(wide: MediaQueryList) {
  const views = byId('program-views');
  const heading = byId('program-heading');
  const list = byId('program-tabs');
  const show = tabs<Pane>(
    list,
    [
      { name: 'source', label: 'Source', pane: 'pane-source' },
      { name: 'bytecode', label: 'Bytecode', pane: 'pane-bytecode' },
    ],
    (pane) => {
      chosen = pane;
      apply();
    },
  );
  let chosen: Pane = 'source';
  const apply = () => {
    show(chosen);
    views.classList.toggle('beside', wide.matches);
    heading.classList.toggle('sr-only', !wide.matches);
    list.hidden = wide.matches;
    for (const name of ['source', 'bytecode']) {
      const pane = byId(`pane-${name}`);
      pane.setAttribute('role', wide.matches ? 'group' : 'tabpanel');
      if (wide.matches) pane.hidden = false;
    }
  };
  wide.addEventListener('change', apply);
  apply();
}

/** Has the text in sight, whatever was. */
export function showSource() {
  if (byId('pane-source').hidden) byId('tab-source').click();
}
