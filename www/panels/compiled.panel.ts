/** Which functions of the run are compiled. */
import { plural } from '../words/format.ts';
import { byId, fill, make, setText, table } from './dom.ts';
import { READABLE } from './pace.ts';
import type { PageState } from '../app/page-state.ts';
import type { Page } from './page.ts';

export function panel({ store, frames }: Page) {
  const box = byId('compiled');
  const view = frames.add(() => {
    const { run, compiled, replay } = store.state;
    setText(byId('compiled-text'), compiledText(store.state));
    const names = run?.program?.functions ?? [];
    fill(box, ...(run?.compiles && !replay ? [functions(names, new Set(compiled?.functions))] : []));
  }, READABLE);
  view.within(byId('statistics'));
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

function functions(names: string[], compiled: Set<string>) {
  const body = make('tbody');
  for (const name of names)
    body.append(
      make(
        'tr',
        {},
        make('th', { scope: 'row', text: name }),
        make('td', { text: compiled.has(name) ? 'compiled' : 'interpreted' }),
      ),
    );
  return table('How each function runs', ['Function', 'Form'], body);
}
