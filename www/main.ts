/** Puts the parts of the page together; the work is done in them. */
import { signal } from '@preact/signals-core';
import { EngineClock } from './run/engine-clock.ts';
import { STATE } from './run/lane.ts';
import { Rates } from './run/rates.ts';
import { summaryOf } from './run/run-summary.ts';
import { Frames } from './draw/frame.ts';
import { serve } from './offline/register.ts';
import { readTheme, watchTheme } from './draw/theme.ts';
import { isOfLesson } from './lessons/programs.ts';
import { BROUGHT } from './app/brought.ts';
import { Commands } from './app/commands.ts';
import { readEmbedding } from './app/embedding.ts';
import { follow } from './app/follow.ts';
import { keptPrograms } from './app/kept-programs.ts';
import { hostOf, tellHost } from './app/host.ts';
import { lessonOfPage } from './app/lesson-address.ts';
import { Log } from './app/log.ts';
import { UNSEEN, WAITING, beginning, takeLink, unknownExample, waitsAtStart } from './app/opening.ts';
import { Output } from './app/output.ts';
import { PageLab } from './app/page-lab.ts';
import { initialState, isLive } from './app/page-state.ts';
import { recordedRuns } from './app/recorded-runs.ts';
import { recallLesson, recallSession, saveSession } from './app/session.ts';
import { settingsOf } from './app/settings.ts';
import { shareLink } from './app/share-link.ts';
import { shownRun } from './app/shown-run.ts';
import { storageOf } from './app/storage.ts';
import { Store } from './app/store.ts';
import { focusView } from './panels/focus.ts';
import { jobHash, jobsView } from './panels/jobs.ts';
import { showPanels } from './panels/all.ts';
import { endOf } from './panels/movement.ts';
import { embeddedView } from './panels/embedded.ts';
import { programView } from './panels/program.ts';
import { snapshotDialog } from './panels/snapshot.ts';
import { explainTerms } from './panels/terms.ts';
import { timelineView } from './panels/timeline.ts';
import { watchBounds } from './app/bounds.ts';
import { watchHits } from './app/hits.ts';
import { watchSchedule } from './app/schedule.ts';
import { watchRings } from './app/rings.ts';
import type { Brought } from './app/brought.ts';
import type { Job } from './app/page-state.ts';
import type { Lesson } from './lessons/types.ts';
import type { Page } from './panels/page.ts';
import type { Opened } from './app/link.ts';
import type { InstructionInfo } from './run/types.ts';

const embedding = readEmbedding(location);
// In a frame the page is what the page around it says, each time.
const [tab, browser] = embedding ? [null, null] : [storageOf('sessionStorage'), storageOf('localStorage')];
const saved = recallSession(tab, browser);
const store = new Store({
  ...initialState(navigator.hardwareConcurrency || 1),
  ...saved?.settings,
  ...(embedding?.workers ? { workers: embedding.workers } : {}),
  brought: recallLesson(tab),
});
const serving = serve(() => store.set({ updated: true }));
const lab = new PageLab(
  { workers: store.state.workers, isolated: serving.isolated },
  {
    first: start,
    link: async () => (await link()).address,
    show: (pause) => commands.show(pause),
  },
);
window.lab = lab;
store.set({ step: lab.clockStep });

const log = new Log(500);
const output = new Output(200_000);
const frames = new Frames();
const commands = new Commands(lab, store, log, output);
const clock = new EngineClock();
const theme = signal(readTheme());

let instructions: InstructionInfo[] = [];

explainTerms();
/** Shows a lesson from elsewhere. With a fault it takes the place of nothing: what was there stays, beside the error. */
const bring = async (brought: Brought) => {
  const { readLesson } = await import('./lessons/read.ts');
  readLesson(brought.text, BROUGHT);
  store.set({ brought, job: 'learn' });
};
const recorded = recordedRuns({ store, commands, log, output }, () => program);
const openers = {
  snapshot: snapshotDialog(store, commands),
  recorded: recorded.file,
  example: recorded.example,
  lesson: (text: string) => void commands.attempt(() => bring({ text, from: 'file' })),
};
const kept = keptPrograms({
  store,
  source: () => program.editor.text,
  isShipped: isOfLesson,
  tab,
  browser,
});
const program = programView({ store, commands, frames, instructions: () => instructions, openers, kept });
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
  rates,
  sampleRates,
});
const shown = shownRun(lab, store);
const summary = () => {
  const { run, recording, cores, step } = store.state;
  const end = endOf(store.state, () => clock.now());
  if (!run) return null;
  sampleRates();
  const [workers, stats, longest] = [shown.workers(), shown.stats(), shown.longest()?.instructions ?? null];
  // At the end every worker has told, but one that was ended with its engine.
  const untold = workers.filter(({ state }) => state === 'running').length;
  const uncounted = store.state.replay ? 0 : isLive(store.state.status) ? rates.silent : untold;
  return summaryOf({ run, longest, recording, end, workers, uncounted, stats, cores, step });
};
const page: Page = {
  ...{ lab, store, commands, frames, theme, log, output, browser, program, recorded, shown, summary, link },
  now: () => clock.now(),
  showRan: (line) => program.showLine(line, 'ran'),
};
showPanels(page);
const rings = watchRings({ lab, store, clock, frames, lanes });
watchHits({ lab, store, frames });
watchSchedule({ lab, store, frames });
watchBounds({ lab, store });
watchTheme(() => {
  theme.value = readTheme();
});
follow(lab, store, commands, log, output);
const tell = hostOf(embedding, window);
tellHost(lab, tell);
/** What only one job needs is fetched when it is chosen. */
const parts: Partial<Record<Job, () => Promise<void>>> = {
  learn: async () => {
    const { learn } = await import('./panels/learn.ts');
    const ticked = ({ title, steps }: Lesson, step: number) =>
      tell({ type: 'step', lesson: title, step, steps: steps.length, done: step === steps.length });
    learn(page, ticked);
  },
  famous: async () => {
    const { famousView } = await import('./panels/famous.ts');
    famousView(page);
  },
  compare: async () => {
    const { comparison } = await import('./panels/comparison.ts');
    // A run that has just ended has events that no frame has read yet.
    const final = () => (rings.read(), summary());
    comparison(page, final);
  },
};
store.on(['job'], ({ job }) => {
  const part = parts[job];
  if (!part) return;
  delete parts[job];
  void commands.attempt(() =>
    part().catch((thrown: unknown) => {
      // Choosing the job again tries again.
      parts[job] = part;
      throw thrown;
    }),
  );
});
focusView();
jobsView(store, embedding ? 'compare' : null);

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
const knows = (source: string) =>
  [...store.state.examples, ...store.state.kept].some((known) => known.source === source) ||
  saved?.source === source ||
  isOfLesson(source);
let isUnseen = false;
/** @returns what is wrong with the lesson of a link, to be said once its program is shown */
const bringFrom = async ({ lesson }: Opened): Promise<unknown> =>
  lesson &&
  bring({ text: lesson, from: 'link' }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
// It is shown also where nothing can run. What is wrong with it is said once a program runs.
const opening = takeLink(store, commands).then(
  async (shared) => {
    if (!shared) return;
    isUnseen = (!knows(shared.source) || shared.lesson !== null) && !shared.recorded;
    program.show(shared);
    const refused = await bringFrom(shared);
    await recorded.shared(shared);
    return refused;
  },
  (thrown: unknown) => thrown,
);
const openLink = async () => {
  const shared = await takeLink(store, commands);
  if (!shared) return;
  clearAddress();
  const refused = await bringFrom(shared);
  if (shared.recorded) await recorded.shared(shared);
  else {
    const isKnown = knows(shared.source) && shared.lesson === null;
    if ((await program.open(shared)) && isKnown) await commands.run(program.editor.text);
    else if (!isKnown) store.set({ notice: UNSEEN });
  }
  if (refused) commands.report(refused);
};
addEventListener('hashchange', () => void commands.attempt(openLink));
store.on(['replay'], ({ replay }) => {
  if (!replay && store.state.status !== 'loading') clearAddress();
});
lab.ready
  .catch(async (thrown) => {
    const { message, advice } = thrown;
    store.set({ cannot: { message, advice } });
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
  // A recorded pause is still what the page shows.
  if (!embedding && !store.state.replay && location.hash.startsWith('#lab'))
    history.replaceState(null, '', `${location.pathname}${location.search}${jobHash(store.state)}`);
}

/** A good example runs before the reader has pressed anything; scripts have their turn afterwards. */
async function start() {
  let refused: unknown = (await opening) || unknownExample(store.state, embedding);
  const lesson = await lessonOfPage(location, embedding)
    .then(async (found) => {
      if (found && store.state.brought?.text !== found.text) await bring(found);
      return found;
    })
    .catch((thrown: unknown) => {
      refused ||= thrown;
      return null;
    });
  if (!refused) clearAddress();
  commands.applySettings(settingsOf(store.state));
  const canRun = await commands.load(program.editor.text);
  // A reader who was sent a pause looks at it first; the page around a frame may want otherwise.
  const comes = !lesson && (embedding ? embedding.autostart : !store.state.replay && !isUnseen);
  const waits = waitsAtStart(program.editor.text);
  const wanted = comes && !waits;
  if (canRun && wanted) await commands.run(program.editor.text);
  // Now: what is said before a run ends with its beginning.
  if (refused) commands.report(refused);
  else if (isUnseen && !comes) store.set({ notice: UNSEEN });
  else if (canRun && comes && waits) store.set({ notice: WAITING });
  // Only the editor's help needs it: the page does not wait for it.
  void commands.attempt(async () => {
    instructions = await lab.instructionSet();
  });
}
