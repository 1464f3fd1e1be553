/** Two stops are chosen: of kept runs, of recorded runs in files, or one of each. */
import { duration, policyText, reasonText } from '../words/format.ts';
import { LARGEST_FILE } from '../run/recorded-file.ts';
import { isCompleted } from '../run/pause-parts.ts';
import { replaying } from '../run/replayed.ts';
import { readBeside } from '../app/beside.ts';
import { recordedPart } from '../app/kept-runs.ts';
import { inSlices } from '../app/slices.ts';
import { letter } from './compare.ts';
import { byId, fill, make, set } from './dom.ts';
import { pairView, sideOf } from './pair.ts';
import type { RecordedRun } from '../run/recorded.ts';
import type { Recording } from '../run/recording.ts';
import type { Pause } from '../run/types.ts';
import type { Page } from './page.ts';
import type { Side } from './pair.ts';

/** Pauses of a run that can be chosen: the longest of them. */
const MOST = 50;

/** Something that has lanes. */
interface Source {
  /** that no other has */
  key: string;
  name: string;
  /** what is behind the name in the list */
  about: string;
  read: () => Promise<RecordedRun | null>;
}

interface Opened {
  key: string;
  name: string;
  run: RecordedRun;
  recording: Recording;
}

export function twoStopsView({
  store,
  commands,
  frames,
  theme,
}: Pick<Page, 'store' | 'commands' | 'frames' | 'theme'>) {
  const pair = pairView(byId('stops-pair'), { frames, theme });
  const note = byId('stops-note');
  /** Files that were opened here. */
  const files: Source[] = [];
  const choosers = [chooser('First'), chooser('Second')] as const;
  byId('stops-choice').append(...choosers.map(({ element }) => element));

  function sources(): Source[] {
    const kept = store.state.runs.flatMap(({ part, program, policy }, index) => {
      if (part === undefined) return [];
      const about = `${program}, polls at ${policyText(policy)}`;
      return [{ key: part, name: `Run ${letter(index)}`, about, read: () => recordedPart(part) }];
    });
    return [...kept, ...files];
  }

  function chooser(label: string) {
    const runs = make('select', { 'aria-label': `${label} run` });
    const pauses = make('select', { 'aria-label': `Pause of the ${label.toLowerCase()} run`, hidden: true });
    const file = make('input', {
      type: 'file',
      accept: '.json',
      tabindex: -1,
      'aria-hidden': 'true',
      hidden: true,
    });
    const open = make('button', {
      type: 'button',
      onclick: () => file.click(),
      text: 'Open file',
      'aria-label': `Open file for the ${label.toLowerCase()} stop`,
    });
    let opened: Opened | null = null;
    let turn = 0;
    /** What is chosen, also while it is being read. */
    let wanted = '';

    runs.addEventListener('change', () => void choose(runs.value));
    pauses.addEventListener('change', show);
    file.addEventListener('change', () => {
      const [given] = file.files ?? [];
      file.value = '';
      if (given) void commands.attempt(() => take(given));
    });

    async function take(given: File) {
      if (given.size > LARGEST_FILE)
        throw Object.assign(new Error(`${given.name} is too large to be a recorded run.`), {
          advice: `No file that the lab writes is larger than ${LARGEST_FILE / 1e6} MB; save the run again, under Pauses.`,
        });
      const { recorded } = await readBeside({ file: given });
      if (!recorded) return;
      const key = `file ${files.length} ${given.name}`;
      files.push({ key, name: given.name, about: recorded.title, read: async () => recorded });
      await choose(key);
    }

    async function choose(key: string) {
      const mine = ++turn;
      wanted = key;
      const source = sources().find((one) => one.key === key);
      const run = source && (await commands.attempt(source.read));
      const recording = run && (await inSlices(replaying(run)));
      if (mine !== turn) return;
      opened = source && run && recording ? { key, name: source.name, run, recording } : null;
      if (!opened) wanted = '';
      fill(pauses, ...(opened ? pausesOf(opened) : []).map((pause) => option(pause, opened?.run)));
      pauses.selectedIndex = 0;
      update();
      show();
    }

    function side(): Side | null {
      const pause = opened?.recording.pause(Number(pauses.value));
      if (!opened || !pause) return null;
      const { key } = opened;
      // A kept run may have another letter by now.
      const name = sources().find((one) => one.key === key)?.name ?? opened.name;
      return sideOf({ ...opened, name, pause });
    }

    /** The list, as far as it has changed. */
    function list(all: Source[]) {
      const none = make('option', { value: '', text: all.length > 0 ? 'Choose a run' : 'No run with lanes' });
      fill(
        runs,
        none,
        ...all.map(({ key, name, about }) => make('option', { value: key, text: `${name}: ${about}` })),
      );
      if (!all.some(({ key }) => key === wanted)) {
        wanted = '';
        opened = null;
        turn += 1;
      }
      runs.value = wanted;
      set(pauses, { hidden: !opened || pauses.options.length < 2 });
    }

    const element = make(
      'div',
      { class: 'row', role: 'group', 'aria-label': `${label} stop` },
      make('span', { class: 'label', text: label }),
      runs,
      pauses,
      open,
      file,
    );
    return { element, choose, side, list, isFree: () => wanted === '' };
  }

  function update() {
    const all = sources();
    for (const { list } of choosers) list(all);
    set(note, { hidden: all.length > 0 });
  }

  function show() {
    pair.show([choosers[0].side(), choosers[1].side()]);
  }

  store.on(['runs'], () => {
    update();
    // Two that were just kept need no choice.
    const [first, second] = choosers;
    const [one, ...others] = sources();
    const other = others.at(-1);
    if (one && other && first.isFree() && second.isFree()) {
      void first.choose(one.key);
      void second.choose(other.key);
    } else show();
  });
}

/** The one that was kept first, then the longest. */
function pausesOf({ run, recording }: Opened): Pause[] {
  const all = recording.pauses.toSorted((a, b) => b.ttsp - a.ttsp);
  const kept = all.filter(({ id }) => id === run.selected);
  return [...kept, ...all.filter(({ id }) => id !== run.selected)].slice(0, MOST);
}

function option(pause: Pause, run: RecordedRun | undefined) {
  const { id, ttsp } = pause;
  const took = duration(ttsp, run?.clockStep ?? 1);
  const text = `Pause ${id}, ${reasonText(pause)}: ${isCompleted(pause) ? took : `given up after ${took}`}`;
  return make('option', { value: id, text });
}
