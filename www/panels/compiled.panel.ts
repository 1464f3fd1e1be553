/** Which functions of the run are compiled. */
import { plural } from '../words/format.ts';
import { byId, fill, make, setText, table } from './dom.ts';
import { codeView } from './code-view.ts';
import { READABLE } from './pace.ts';
import type { PageState } from '../app/page-state.ts';
import type { Page } from './page.ts';

export function panel({ lab, store, frames, showRan }: Page) {
  const box = byId('compiled-functions');
  const show = codeView(lab, store, showRan);
  let drawn = '';
  const view = frames.add(() => {
    const { run, compiled, replay } = store.state;
    setText(byId('compiled-text'), compiledText(store.state));
    const names = run?.program?.functions ?? [];
    const isKnown = run?.compiles === true && !replay;
    // A button that is made anew loses the focus.
    const now = JSON.stringify([isKnown, names, compiled?.functions]);
    if (now === drawn) return;
    drawn = now;
    fill(box, ...(isKnown ? [functions(names, new Set(compiled?.functions), show)] : []));
  }, READABLE);
  view.within(byId('compiled'));
}

export function compiledText({ run, compiled, replay }: Pick<PageState, 'run' | 'compiled' | 'replay'>) {
  if (replay) return 'A recorded run does not tell.';
  if (!run) return 'Nothing has run yet.';
  if (!run.compiles) return 'Everything is interpreted: the run settings have a switch.';
  if (!compiled) return 'Nothing is hot yet: everything is interpreted.';
  const { functions: names, bytes, took, failed } = compiled;
  if (failed) return `Everything is interpreted: ${failed}`;
  if (names.length === 0) return 'What is hot has a form that only the interpreter runs.';
  return `${plural(names.length, 'function')} as ${Math.ceil(bytes / 1000)}\u202fkB of WebAssembly, compiled in ${Math.round(took)}\u202fms while the program ran.`;
}

function functions(names: string[], compiled: Set<string>, show: (name: string) => void) {
  const body = make('tbody');
  for (const name of names)
    body.append(
      make(
        'tr',
        {},
        make('th', { scope: 'row', text: name }),
        make('td', { text: compiled.has(name) ? 'compiled' : 'interpreted' }),
        make(
          'td',
          {},
          ...(compiled.has(name)
            ? [
                make('button', {
                  type: 'button',
                  class: 'link',
                  onclick: () => show(name),
                  text: 'WebAssembly',
                  'aria-label': `WebAssembly of ${name}`,
                }),
              ]
            : []),
        ),
      ),
    );
  return table('How each function runs', ['Function', 'Form', 'Code'], body);
}
