/** Puts the parts of the page together; the work is done in them. */
import { createLab } from './engine/lab.js';
import { EngineClock } from './data/engine-clock.js';
import { STATE } from './data/lane.js';
import { Rates } from './data/rates.js';
import { summaryOf } from './data/run-summary.js';
import { Frames } from './render/frame.js';
import { serve } from './offline/register.js';
import { readTheme, watchTheme } from './render/theme.js';
import { Course } from './lessons/course.js';
import { LESSONS } from './lessons/lessons.js';
import { isOfLesson } from './lessons/programs.js';
import { watchLessons } from './lessons/watch.js';
import { Commands } from './state/commands.js';
import { readEmbedding } from './state/embedding.js';
import { follow } from './state/follow.js';
import { keptPrograms } from './state/kept-programs.js';
import { keptRuns } from './state/kept-runs.js';
import { Log } from './state/log.js';
import { UNSEEN, beginning, takeLink, unknownExample } from './state/opening.js';
import { Output } from './state/output.js';
import { initialState } from './state/page-state.js';
import { recordedRuns } from './state/recorded-runs.js';
import { recallSession, saveSession, storageOf } from './state/session.js';
import { settingsOf } from './state/settings.js';
import { shareLink } from './state/share-link.js';
import { shownRun } from './state/shown-run.js';
import { Store } from './state/store.js';
import { download } from './views/download.js';
import { breakpointsView } from './views/breakpoints.js';
import { BytecodeView } from './views/bytecode.js';
import { compareView } from './views/compare.js';
import { controls } from './views/controls.js';
import { endOf } from './views/movement.js';
import { exportsView } from './views/exports.js';
import { embeddedView } from './views/embedded.js';
import { headerView } from './views/header.js';
import { heapView } from './views/heap.js';
import { lateView } from './views/late.js';
import { lessonsView } from './views/lessons.js';
import { linkPanes } from './views/linked-panes.js';
import { logView } from './views/log.js';
import { objectDialog } from './views/object.js';
import { outputView } from './views/output.js';
import { pausesView } from './views/pauses.js';
import { programView } from './views/program.js';
import { recordedView } from './views/recorded.js';
import { scheduleView } from './views/schedule.js';
import { shareView } from './views/share.js';
import { shortcutsView } from './views/shortcuts.js';
import { snapshotDialog } from './views/snapshot.js';
import { stateLine } from './views/state-line.js';
import { statisticsView } from './views/statistics.js';
import { tasksView } from './views/tasks.js';
import { explainTerms } from './views/terms.js';
import { timelineView } from './views/timeline.js';
import { totalsView } from './views/totals.js';
import { watchBounds } from './state/bounds.js';
import { watchHits } from './state/hits.js';
import { watchSchedule } from './state/schedule.js';
import { watchRings } from './state/rings.js';

const embedding = readEmbedding(location);
// In a frame the page is what the page around it says, each time.
const [tab, browser] = embedding ? [null, null] : [storageOf('sessionStorage'), storageOf('localStorage')];
const saved = recallSession(tab, browser);
const store = new Store({
  ...initialState(navigator.hardwareConcurrency || 1),
  ...saved?.settings,
  ...(embedding?.workers ? { workers: embedding.workers } : {}),
});
const serving = serve(() => store.set({ updated: true }));
const lab = createLab({
  workers: store.state.workers,
  isolated: serving.isolated,
  first: start,
  link: async () => (await link()).address,
});
window.lab = lab;
store.set({ step: lab.clockStep });

const log = new Log(500);
const output = new Output(200_000);
const frames = new Frames();
const commands = new Commands(lab, store, log, output);
const clock = new EngineClock();
const theme = { value: readTheme() };

/** @type {import('./views/editor-help.js').InstructionInfo[]} */
let instructions = [];

explainTerms();
headerView(store);
const recorded = recordedRuns({ store, commands, log, output }, () => program);
const openers = {
  snapshot: snapshotDialog(store, commands),
  recorded: recorded.file,
  example: recorded.example,
};
const kept = keptPrograms({
  store,
  source: () => program.editor.text,
  isShipped: isOfLesson,
  tab,
  browser,
});
const program = programView({ store, commands, frames, instructions: () => instructions, openers, kept });
controls(store, commands, () => program.editor.text);
stateLine(store, { has: recorded.hasExample, show: () => void recorded.example() });
shareView(store, commands, link);
recordedView(store, () => commands.run(program.editor.text));
shortcutsView(browser);
const rates = new Rates();
const sampleRates = () => {
  const { status, recording } = store.state;
  const counts = () => lab.workers().map((worker) => worker.instructions);
  if (status === 'running')
    rates.sample(counts, (worker) => recording.lanes[worker]?.current === STATE.running);
  // While a worker is awaited no counts come, which says nothing of a rate.
  else if (status !== 'stopping') rates.reset();
};
const lanes = timelineView({
  store,
  commands,
  frames,
  theme,
  now: () => clock.now(),
  awaiting: () => lab.awaiting(),
  rates,
  sampleRates,
  download: () =>
    void commands.attempt(async () => download(await lab.snapshotBytes(), 'safepoint-lab.snapshot')),
});
const shown = shownRun(lab, store);
const summary = () => {
  const { run, recording, cores, step } = store.state;
  const end = endOf(store.state, () => clock.now());
  if (!run) return null;
  sampleRates();
  const uncounted = store.state.replay ? 0 : rates.silent;
  const [workers, stats, longest] = [shown.workers(), shown.stats(), shown.longest()?.instructions ?? null];
  return summaryOf({ run, longest, recording, end, workers, uncounted, stats, cores, step });
};
const statistics = statisticsView({ store, frames, theme, stats: shown.stats, summary });
scheduleView({ store, frames });
totalsView({ store, frames, totals: shown.totals });
const chart = pausesView({ store, commands, frames, theme });
const heap = heapView({ store, commands, frames, theme });
const compare = compareView({ store, frames, theme, summary, kept: keptRuns(store, browser) });
const showRan = (/** @type {number} */ line) => program.showLine(line, 'ran');
lateView(store, frames, shown.stats, showRan);
exportsView({ store, commands, shown, theme });
breakpointsView(store, commands, program.showLine);
tasksView(store, commands, showRan, objectDialog(store, lab));
linkPanes(program.editor, new BytecodeView(store, frames), program.showLine);
outputView(output, frames);
logView(log, frames, (pause) => commands.select(pause));
watchRings({ lab, store, clock, frames, lanes });
watchHits({ lab, store, frames });
watchSchedule({ lab, store, frames });
watchBounds({ lab, store });
watchTheme(() => {
  theme.value = readTheme();
  for (const view of [lanes, statistics, chart, heap, compare]) view.invalidate();
});
follow(lab, store, commands, log, output);
const course = new Course(LESSONS, browser);
const { restore } = watchLessons({ lab, store, commands, course });
lessonsView({ store, commands, course, restore, program });

store.set({ examples: lab.examples() });
program.show(beginning(store.state.examples, saved, embedding));
if (embedding) embeddedView(store, async () => (await link()).address);
else
  saveSession({
    store,
    source: () => program.editor.text,
    tab,
    browser,
    kept,
    failed: () => log.add('warning', 'The browser does not keep the program: after a reload it is gone.'),
  });
/** Whether it comes from elsewhere: it starts once the reader has seen it. */
const knows = (/** @type {string} */ source) =>
  [...store.state.examples, ...store.state.kept].some((known) => known.source === source) ||
  saved?.source === source ||
  isOfLesson(source);
let isUnseen = false;
// It is shown also where nothing can run. What is wrong with it is said once a program runs.
const opening = takeLink(store, commands).then(
  async (shared) => {
    if (!shared) return;
    isUnseen = !knows(shared.source) && !shared.recorded;
    program.show(shared);
    await recorded.shared(shared);
  },
  (/** @type {unknown} */ thrown) => thrown,
);
const openLink = async () => {
  const shared = await takeLink(store, commands);
  if (shared) clearAddress();
  if (shared?.recorded) await recorded.shared(shared);
  else if (shared) {
    const isKnown = knows(shared.source);
    if ((await program.open(shared)) && isKnown) await commands.run(program.editor.text);
    else if (!isKnown) store.set({ notice: UNSEEN });
  }
};
addEventListener('hashchange', () => void commands.attempt(openLink));
lab.ready
  .catch(async (thrown) => {
    const { message, advice } = thrown;
    store.set({ status: 'failed', cannot: { message, advice } });
    await opening;
    // A frame shows what it can. A page says first why it is not what was asked for.
    if (store.state.replay || (embedding && (await recorded.example()))) return;
    commands.report(thrown);
  })
  // What a later visit needs is loaded last.
  .then(serving.install)
  .catch((thrown) => commands.report(thrown));

/** To the page with this program, these settings, and the pause that is looked at. */
function link() {
  const page = new URL(location.pathname, location.href).href;
  return shareLink({ page, state: store.state, source: program.editor.text, run: shown });
}

/** What was taken from the address goes out of it: a reload is about what has become of it. */
function clearAddress() {
  if (!embedding && location.hash.startsWith('#lab'))
    history.replaceState(null, '', location.pathname + location.search);
}

/** A good example runs before the reader has pressed anything; scripts have their turn afterwards. */
async function start() {
  store.set({ status: 'empty' });
  const refused = (await opening) ?? unknownExample(store.state, embedding);
  if (!refused) clearAddress();
  commands.applySettings(settingsOf(store.state));
  const canRun = await commands.load(program.editor.text);
  // A reader who was sent a pause looks at it first; the page around a frame may want otherwise.
  const wanted = embedding ? embedding.autostart : !store.state.replay && !isUnseen;
  if (canRun && wanted) await commands.run(program.editor.text);
  // Now: what is said before a run ends with its beginning.
  if (refused) commands.report(refused);
  else if (isUnseen && !wanted) store.set({ notice: UNSEEN });
  // Only the editor's help needs it: the page does not wait for it.
  void commands.attempt(async () => {
    instructions = await lab.instructionSet();
  });
}
