/**
 * The page in one of its states, without an engine: `?state=NAME`. Its parts are the page's own; what they show is made of
 * recorded runs (`states.ts`).
 */
import { signal } from '@preact/signals-core';
import { readRecordedRun } from '../../../www/run/recorded-file.ts';
import { statsOf } from '../../../www/run/recorded-run.ts';
import { Rates } from '../../../www/run/rates.ts';
import { pauseLine } from '../../../www/words/log-line.ts';
import { Frames } from '../../../www/draw/frame.ts';
import { readTheme } from '../../../www/draw/theme.ts';
import { Commands } from '../../../www/app/commands.ts';
import { keptPrograms } from '../../../www/app/kept-programs.ts';
import { Log } from '../../../www/app/log.ts';
import { Output } from '../../../www/app/output.ts';
import { initialState } from '../../../www/app/page-state.ts';
import { shownRun } from '../../../www/app/shown-run.ts';
import { Store } from '../../../www/app/store.ts';
import { showPanels } from '../../../www/panels/all.ts';
import { jobsView } from '../../../www/panels/jobs.ts';
import { programView } from '../../../www/panels/program.ts';
import { explainTerms } from '../../../www/panels/terms.ts';
import { timelineView } from '../../../www/panels/timeline.ts';
import { SCENES } from './states.ts';
import type { PageLab } from '../../../www/app/page-lab.ts';
import type { RecordedRun } from '../../../www/run/recorded.ts';

const FILES = {
  ...import.meta.glob<string>('../../../www/recordings/*.json', { query: '?raw', import: 'default' }),
  ...import.meta.glob<string>('./*.json', { query: '?raw', import: 'default' }),
};

/** Of the examples by their number, of the scenes by their name. */
async function recordedRuns() {
  const runs: Record<string, RecordedRun> = {};
  for (const [file, load] of Object.entries(FILES)) {
    const [, called = '', number = called] = /\/((\d\d)?[^/]*)\.json$/.exec(file) ?? [];
    runs[number] = readRecordedRun(await load());
  }
  return runs;
}

const never = () => new Promise<never>(() => {});

const name = new URLSearchParams(location.search).get('state') ?? 'running';
const scene = SCENES[name];
if (!scene) throw new Error(`There is no state ${name}: ${Object.keys(SCENES).join(', ')}.`);
const { state, now: time, awaiting } = scene(await recordedRuns());

const store = new Store(initialState(4));
const over = () => store.state.recording.pauses.filter(({ total }) => total !== null);
/** An engine that knows what is shown, and answers nothing: no button is pressed here. */
const known = { stats: () => statsOf(over()), awaiting: () => awaiting ?? null, workers: () => [] };
const lab = new Proxy(known as unknown as PageLab, {
  get: (_, name) => (Object.hasOwn(known, name) ? known[name as keyof typeof known] : never),
});
const frames = new Frames();
const log = new Log(500);
const output = new Output(200_000);
const commands = new Commands(lab, store, log, output);
const theme = signal(readTheme());
const now = () => time ?? store.state.recording.latest;

explainTerms();
const kept = keptPrograms({
  store,
  source: () => program.editor.text,
  isShipped: () => true,
  tab: null,
  browser: null,
});
const program = programView({
  store,
  commands,
  frames,
  instructions: () => [],
  openers: { snapshot: never, recorded: never, example: never, lesson: () => {} },
  kept,
});
const rates = new Rates();
timelineView({ store, commands, frames, theme, now, rates, sampleRates: () => {} });
showPanels({
  ...{ lab, store, commands, frames, theme, log, output, program, now },
  browser: null,
  recorded: { shared: never, file: never, example: never, hasExample: () => false },
  shown: shownRun(lab, store),
  summary: () => null,
  showRan: () => {},
  link: never,
});
jobsView(store);

const { program: shown, title = '' } = state;
if (shown) program.show({ source: shown.source, title });
store.set(state);
output.add(state.finished?.output ?? '');
const { recording, step } = store.state;
for (const pause of over())
  log.add('info', pauseLine(pause, { begin: recording.begin, previousEnd: null, step }), pause.id);
document.documentElement.dataset.state = name;
