/**
 * A recorded run in place of a live one: it is told to the same recording, log and output, and left as soon as
 * another program is shown or something runs.
 */
import { endLine, pauseLine, stamp } from '../words/log-line.ts';
import { recordedText } from '../words/recorded-text.ts';
import { Recording } from '../run/recording.ts';
import { replaying } from '../run/replayed.ts';
import { samePolicy } from '../run/policy.ts';
import { hasEngine, isLive } from '../run/phases.ts';
import { inSlices } from './slices.ts';
import { whole } from './viewport.ts';
import type { Kept, PageState } from './page-state.ts';
import type { RecordedRun } from '../run/recorded.ts';
import type { Store } from './store.ts';
import type { Commands } from './commands.ts';
import type { Log } from './log.ts';
import type { Output } from './output.ts';

/** Recorded runs that were to be shown. */
let turns = 0;

/** Shows a recorded run; one in progress is stopped. */
export async function openRecorded(
  {
    store,
    commands,
    log,
    output,
    show,
  }: {
    store: Store<PageState>;
    commands: Commands;
    log: Log;
    output: Output;
    /** the program, in place of another one */
    show: (program: Kept) => void;
  },
  recorded: RecordedRun,
) {
  const turn = ++turns;
  const lines: [string, number][] = [];
  const replay = replaying(recorded, (pause, { begin: since, previousEnd }) =>
    lines.push([pauseLine(pause, { begin: since || 0, previousEnd, step }), pause.id]),
  );
  const { program, workers, policy, bounds, title, selected, excerpt, clockStep: step, cores } = recorded;
  const recording = await inSlices(replay);
  // Another one was opened meanwhile.
  if (turn !== turns) return;
  if (isLive(store.state.status)) {
    await commands.stop();
    // Also where another caller is about to stop it: what it says at its end is not of this run.
    await commands.attempt(() => commands.lab.stop());
  }
  show({ title, source: program.source });
  // For its breakpoints, and for a user who runs it here.
  const isRead = hasEngine(store.state.status) && (await commands.load(program.source));
  output.clear();
  output.add(recorded.output);
  const text = recordedText(recorded);
  log.add('info', `${text.mark}: ${title}. ${text.facts}.`);
  for (const [line, id] of lines) log.add('info', line, id);
  const begin = recording.begin || 0;
  const { result, trap } = recorded;
  const finished = trap || result !== null ? { result, trap, output: recorded.output } : null;
  if (finished) log.add(trap ? 'error' : 'info', `${stamp(recording.latest - begin)}${endLine(finished)}`);
  const pause = (selected === null ? null : recording.pause(selected)) ?? recording.last;
  const { replay: before } = store.state;
  store.set({
    replay: { recorded, here: before?.here ?? { step: store.state.step, cores: store.state.cores } },
    ...(isRead ? {} : { program }),
    run: { workers, policy: samePolicy(policy, program.policy) ? null : policy, program, bounds },
    hits: null,
    stepped: null,
    notice: null,
    finished,
    recording,
    selected: pause?.id ?? null,
    view: excerpt || (pause && pause.id === selected) ? 'pause' : 'range',
    range: whole({ begin, end: recording.latest, step }),
    step,
    cores,
    spoken: `${text.mark}: ${title}. ${text.facts}. ${pause?.sentence ?? ''}`,
  });
}

/** Forgets the recorded run that is shown, if one is. */
export function leaveRecorded(store: Store<PageState>) {
  const { replay, workers } = store.state;
  if (!replay) return;
  store.set({
    ...live(store.state),
    run: null,
    finished: null,
    selected: null,
    view: 'live',
    recording: new Recording(workers),
  });
}

/** What of the state is this machine's again once something runs here. */
export function live({ replay }: PageState): Partial<PageState> {
  return replay ? { replay: null, ...replay.here } : {};
}
