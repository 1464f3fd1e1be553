/** The WebAssembly of a function, with its polls lit. */
import { plural } from '../words/format.ts';
import { byId, make, setText } from './dom.ts';
import type { PageLab } from '../app/page-lab.ts';
import type { PageState } from '../app/page-state.ts';
import type { Store } from '../app/store.ts';
import type { CodeText } from '../run/types.ts';

/** Most lines that are shown: a browser gets slow with more. */
const MOST_LINES = 20_000;
/** A poll in WebAssembly: the worker's word, its load, the bits that matter, the comparison with them. */
const POLL_LINES = 4;

/**
 * @param showRan shows a line of the program that ran
 * @returns shows the code of a function
 */
export function codeView(
  lab: PageLab,
  store: Store<PageState>,
  showRan: (line: number) => void,
): (name: string) => void {
  const box = byId('code');
  const choice = byId<HTMLSelectElement>('code-body');
  const said = byId('code-said');
  const lines = byId('code-lines');
  let bodies: CodeText[] = [];
  /** whether the program was compiled anew since they were read */
  let isOld = false;
  /** Counts what is asked for: an answer that comes late is not shown. */
  let asked = 0;

  byId('code-close').addEventListener('click', () => {
    box.hidden = true;
    document.querySelector<HTMLElement>('#compiled-functions button')?.focus();
  });
  choice.addEventListener('change', draw);
  // It is of the run that was.
  store.on(['run', 'replay'], () => {
    asked += 1;
    box.hidden = true;
  });

  // What is hot may become other code while the run goes on.
  store.on(['compiled'], () => {
    isOld = bodies.length > 0;
    tell();
  });

  function draw() {
    const body = bodies[Number(choice.value)];
    if (!body) return;
    const shown = body.lines.slice(0, MOST_LINES);
    const parts: (Node | string)[] = [];
    let from = 0;
    for (const { at, line } of body.polls) {
      if (at + POLL_LINES > shown.length) break;
      parts.push(
        `${shown.slice(from, at).join('\n')}\n`,
        make('mark', { text: shown.slice(at, at + POLL_LINES).join('\n') }),
      );
      if (line !== null)
        parts.push(
          '  ',
          make('button', {
            type: 'button',
            class: 'link',
            onclick: () => showRan(line),
            text: `poll of line ${line}`,
          }),
        );
      parts.push('\n');
      from = at + POLL_LINES;
    }
    lines.replaceChildren(...parts, shown.slice(from).join('\n'));
    lines.scrollTop = 0;
    tell();
    box.scrollIntoView({ block: 'nearest' });
    // The first poll, with what leads to it.
    const first = lines.querySelector('mark');
    if (first) lines.scrollTop = Math.max(0, first.offsetTop - lines.clientHeight / 3);
  }

  function tell() {
    const body = bodies[Number(choice.value)];
    if (!body) return;
    const cut = body.lines.length > MOST_LINES ? `, of which the first ${MOST_LINES} are shown` : '';
    const polls = body.polls.length === 0 ? 'no poll' : plural(body.polls.length, 'poll');
    const old = isOld ? ' The program was compiled anew since: press WebAssembly to see what runs.' : '';
    setText(
      said,
      `${plural(body.lines.length, 'line')}${cut}, ${polls}. A poll loads the worker’s word and leaves the code where a bit of it says so.${old}`,
    );
  }

  return (name) => {
    const mine = (asked += 1);
    setText(byId('code-title'), `WebAssembly of ${name}`);
    setText(said, 'Reading the code…');
    choice.hidden = true;
    bodies = [];
    isOld = false;
    lines.replaceChildren();
    box.hidden = false;
    box.focus({ preventScroll: true });
    lab.webAssembly(name).then(
      (read) => {
        if (mine !== asked) return;
        bodies = read;
        const option = ({ entry }: CodeText, index: number) =>
          make('option', { value: String(index), text: entryText(entry) });
        choice.replaceChildren(...bodies.map(option));
        choice.hidden = bodies.length < 2;
        if (bodies.length === 0) setText(said, 'It is not compiled any more.');
        draw();
      },
      (thrown: unknown) => {
        if (mine === asked) setText(said, thrown instanceof Error ? thrown.message : String(thrown));
      },
    );
  };
}

function entryText(entry: CodeText['entry']) {
  if (entry === null) return 'the whole function';
  const place = entry.line === null ? `instruction ${entry.instruction}` : `line ${entry.line}`;
  return `entered in the loop at ${place}`;
}
