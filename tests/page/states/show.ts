/**
 * The page in one of its states, without an engine: `?state=NAME`. Its parts are the page's own; what they show is made of
 * recorded runs (`states.ts`).
 */
import { signal } from '@preact/signals-core';
import { readRecordedRun } from '../../../www/run/recorded-file.ts';
import { statsOf } from '../../../www/run/recorded-run.ts';
import { Rates } from '../../../www/run/rates.ts';
import { totalsOf } from '../../../www/run/totals.ts';
import { pauseLine } from '../../../www/words/log-line.ts';
import { Frames } from '../../../www/draw/frame.ts';
import { readTheme } from '../../../www/draw/theme.ts';
import { Commands } from '../../../www/app/commands.ts';
import { keptPrograms } from '../../../www/app/kept-programs.ts';
import { Log } from '../../../www/app/log.ts';
import { Output } from '../../../www/app/output.ts';
import { WatchedObject } from '../../../www/app/watched-object.ts';
import { initialState } from '../../../www/app/page-state.ts';
import { Store } from '../../../www/app/store.ts';
import { breakpointsView } from '../../../www/panels/breakpoints.panel.ts';
import { BytecodeView } from '../../../www/panels/bytecode.ts';
import { controls } from '../../../www/panels/controls.panel.ts';
import { detailsView } from '../../../www/panels/details.panel.ts';
import { findingView } from '../../../www/panels/finding.panel.ts';
import { headerView } from '../../../www/panels/header.panel.ts';
import { heapView } from '../../../www/panels/heap.panel.ts';
import { helpView } from '../../../www/panels/help.panel.ts';
import { jobsView } from '../../../www/panels/jobs.ts';
import { lateView } from '../../../www/panels/late.panel.ts';
import { linkPanes } from '../../../www/panels/linked-panes.ts';
import { logView } from '../../../www/panels/log.panel.ts';
import { outputView } from '../../../www/panels/output.panel.ts';
import { pauseView } from '../../../www/panels/pause.panel.ts';
import { pausesView } from '../../../www/panels/pauses.panel.ts';
import { programView } from '../../../www/panels/program.ts';
import { recordedView } from '../../../www/panels/recorded.panel.ts';
import { scheduleView } from '../../../www/panels/schedule.panel.ts';
import { stateLine } from '../../../www/panels/state-line.panel.ts';
import { statisticsView } from '../../../www/panels/statistics.panel.ts';
import { objectView } from '../../../www/panels/object.ts';
import { tasksView } from '../../../www/panels/tasks.panel.ts';
import { explainTerms } from '../../../www/panels/terms.ts';
import { timelineView } from '../../../www/panels/timeline.ts';
import { totalsView } from '../../../www/panels/totals.panel.ts';
import { SCENES } from './states.ts';
import type { Lab } from '../../../www/engine/lab.ts';
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

/** An engine that answers nothing: nobody presses a button here. */
const lab = new Proxy({} as Lab, { get: () => () => new Promise(() => {}) });

const name = new URLSearchParams(location.search).get('state') ?? 'running';
const scene = SCENES[name];
if (!scene) throw new Error(`There is no state ${name}: ${Object.keys(SCENES).join(', ')}.`);
const { state, now: time, awaiting } = scene(await recordedRuns());

const store = new Store(initialState(4));
const frames = new Frames();
const log = new Log(500);
const output = new Output(200_000);
const commands = new Commands(lab, store, log, output);
const theme = signal(readTheme());
const now = () => time ?? store.state.recording.latest;
const over = () => store.state.recording.pauses.filter(({ total }) => total !== null);
const stats = () => statsOf(over());

explainTerms();
headerView(store, null);
helpView();
const kept = keptPrograms({
  store,
  source: () => program.editor.text,
  isShipped: () => true,
  tab: null,
  browser: null,
});
const never = () => new Promise<never>(() => {});
const program = programView({
  store,
  commands,
  frames,
  instructions: () => [],
  openers: { snapshot: never, recorded: never, example: never, lesson: () => {} },
  kept,
});
controls(store, commands, () => program.editor.text);
stateLine(store, { has: () => false, show: () => {} });
recordedView(store, never);
const rates = new Rates();
timelineView({ store, commands, frames, theme, now, rates, sampleRates: () => {} });
findingView({ store, frames, now, awaiting: () => awaiting ?? null, editor: program.editor });
pauseView({ store, commands, frames, download: () => {} });
detailsView(store);
statisticsView({ store, frames, theme, stats, summary: () => null });
scheduleView({ store, frames });
const totals = () => totalsOf(over(), { begin: store.state.recording.begin, end: now() });
totalsView({ store, frames, totals });
pausesView({ store, commands, frames, theme });
heapView({ store, commands, frames, theme });
lateView(store, frames, stats, () => {});
breakpointsView(store, commands, program.showLine);
const watched = new WatchedObject(store, lab);
tasksView(store, commands, watched, () => {});
objectView(store, watched);
linkPanes(program.editor, new BytecodeView(store, frames), program.showLine);
outputView(output, frames);
logView(log, frames, () => {});
jobsView(store);

const { program: shown, title = '' } = state;
if (shown) program.show({ source: shown.source, title });
store.set(state);
output.add(state.finished?.output ?? '');
const { recording, step } = store.state;
for (const pause of over())
  log.add('info', pauseLine(pause, { begin: recording.begin, previousEnd: null, step }), pause.id);
document.documentElement.dataset.state = name;
