/**
 * Follows the engine: what it tells of itself goes into the store, the log and the recording. The only
 * listener of its events, whatever caused them: a button, a timer, a worker or a script.
 */
import { whyAwaited } from '../words/awaiting-text.ts';
import { bytes, count, duration } from '../words/format.ts';
import { endLine, pauseLine, stamp, withResult } from '../words/log-line.ts';
import { samePolicy } from '../run/policy.ts';
import { Recording } from '../run/recording.ts';
import { trapText } from '../words/log-line.ts';
import { live } from './replay.ts';
import type { Pause, Straggler } from '../run/types.ts';
import type { PageState, Stepped } from './page-state.ts';
import type { Lab } from '../engine/lab.ts';
import type { Store } from './store.ts';
import type { Commands } from './commands.ts';
import type { Log } from './log.ts';
import type { Output } from './output.ts';

type Change = Partial<PageState>;

/** Late workers that a line names. */
const NAMED = 4;

export function follow(lab: Lab, store: Store<PageState>, commands: Commands, log: Log, output: Output) {
  let started = performance.now();
  const time = () => stamp((performance.now() - started) * 1000);

  lab.on('state', (status) => store.set({ status, reason: lab.reason }));

  /** A program runs, started by the page or by a script: what is seen from now on belongs to it. */
  lab.on('run', ({ program, policy, bounds }) => {
    started = performance.now();
    const { starting } = store.state;
    const workers = lab.workers().length;
    output.clear();
    store.set({
      ...live(store.state),
      notice: null,
      finished: null,
      selected: null,
      watched: null,
      view: 'live',
      recording: new Recording(workers),
      starting: false,
      compiled: null,
      run: {
        workers,
        policy: samePolicy(policy, program.policy) ? null : policy,
        program,
        bounds,
        counted: starting ? store.state.counted : true,
        compiles: starting && store.state.compile,
      },
      // What a script has loaded and started is what the page shows.
      ...(starting ? {} : { workers, errors: [], warnings: [], program, adopted: program }),
    });
  });

  lab.on('compiled', (compiled) => {
    store.set({ compiled });
    if (compiled.failed) log.add('warning', `${time()}[warning][compiler] ${compiled.failed}`);
  });

  lab.on('pause', (pause) => {
    // A pause that was over before the page heard of it tells the rest with `resume`.
    if (lab.held?.id !== pause.id) return;
    const { recording, stepped } = store.state;
    const before = recording.held?.id === pause.id ? recording.held : null;
    // Another worker came to a breakpoint at the same time: no worker has run in between.
    const next = before && pause.halt?.task !== before.halt?.task ? pause.halt : null;
    recording.stopped(pause);
    const also = before && (next?.text ?? inWords(pause));
    if (also) log.add('info', `${time()}[info][safepoint] Pause ${pause.id}. ${also}`, pause.id);
    if (pause.halt) void commands.breakpoints.read(); // for their counts
    const change: Change = {
      stepped: before && !next ? stillSeen(before, pause, stepped) : null,
      reason: pause.reason,
      selected: pause.id,
      view: 'pause',
      spoken: `${pause.sentence} The world is stopped; Resume lets it go on.`,
    };
    store.set(change, 'recording');
  });

  lab.on('step', (moved) => commands.moved(moved));

  lab.on('resume', (pause) => store.set(afterPause(pause), 'recording'));

  /** @param pause one that is over */
  function afterPause(pause: Pause): Change {
    const { recording, view, step } = store.state;
    const wasHeld = recording.held?.id === pause.id;
    const { automaticPauses } = lab;
    // One that the timer made may be over when there are none any more.
    if (automaticPauses || pause.by !== 'timer')
      recording.every = automaticPauses && automaticPauses.everyMs * 1000;
    recording.released(pause);
    const { begin, previousEnd } = recording;
    log.add('info', pauseLine(pause, { begin: begin || 0, previousEnd, step }), pause.id);
    const change: Change = {};
    // A user who has moved the timeline stays there.
    if (wasHeld)
      Object.assign(change, {
        ...(view === 'pause' ? { view: 'live' } : {}),
        spoken: 'The program runs on.',
      });
    else if (pause.by === 'page')
      Object.assign(change, {
        selected: pause.id,
        view: 'pause',
        spoken: pause.sentence,
      });
    // The sentence below the lanes follows what happens, unless the user looks at one pause.
    else if (view === 'live') change.selected = pause.id;
    return change;
  }

  lab.on('output', (text) => output.add(text));

  lab.on('finished', (finished) => {
    const { trap, result } = finished;
    const { starting } = store.state;
    log.add(trap ? 'error' : 'info', `${time()}${endLine(finished)}`);
    const ended = trap !== null || result !== null;
    store.set({
      finished: ended ? finished : null,
      ...(store.state.view === 'pause' ? { view: 'live' } : {}),
      spoken: trap
        ? `The program trapped: ${trapText(trap)}`
        : ended
          ? `The program finished${withResult(result)}.`
          : // The next one is what its end is for.
            starting
            ? store.state.spoken
            : 'The program was stopped.',
    });
  });

  lab.on('error', (error) => commands.report(error));

  lab.on('died', ({ worker, message }) =>
    log.add('error', `${time()}[error][engine] The ${worker} ended: ${message}`),
  );

  lab.on('warning', ({ pause, workers, waited }) => {
    const who = workers.map((one) => `worker ${one.worker}, ${whyAwaited(one)}`);
    const more = who.length > NAMED ? `; and ${who.length - NAMED} more` : '';
    log.add(
      'warning',
      `${time()}[warning][safepoint] Pause ${pause} has waited for ${duration(waited, store.state.step)} for ${who.slice(0, NAMED).join('; ')}${more}`,
      pause,
    );
  });

  lab.on('timeout', ({ message, stragglers }) => {
    const who = stragglers.length > 0 ? ` It waited for ${names(stragglers, store.state.step)}.` : '';
    log.add('warning', `${time()}[warning][safepoint] ${message}${who}`);
    const advice = `The program runs on.${who} A pause that waits longer, or a poll in that path, would succeed.`;
    store.set({ notice: { message, advice }, spoken: `${message} The program runs on.` });
  });
}

/** The tasks of a held world stay in sight while something else is done in it. */
function stillSeen(before: Pause, pause: Pause, stepped: Stepped | null) {
  const seen = stepped?.pause === pause.id ? stepped : null;
  const tasks = [pause, before].map(({ outcome }) => (outcome?.kind === 'debug' ? outcome.tasks : null));
  const all = tasks[0] ?? seen?.tasks ?? tasks[1];
  if (!all) return null;
  return { pause: pause.id, task: seen?.task ?? pause.halt?.task ?? 0, tasks: all, message: inWords(pause) };
}

/** What was done in a world that stood still already. */
function inWords({ outcome }: Pause) {
  switch (outcome?.kind) {
    case 'gc':
      return `In the stopped world: a collection freed ${count(outcome.freed_objects)} object${outcome.freed_objects === 1 ? '' : 's'}, ${count(outcome.live_objects)} live.`;
    case 'snapshot':
      return `In the stopped world: a snapshot of ${bytes(outcome.size)} was taken.`;
    default:
      return 'In the stopped world: the tasks were looked at.';
  }
}

/** @param step the clock's step */
function names(stragglers: Straggler[], step: number) {
  const shown = stragglers.slice(0, NAMED).map(({ worker, site, waited, dead }) => {
    const where = dead ? 'died' : (site?.text ?? 'place not known');
    return `worker ${worker} (${where}, ${duration(waited, step)})`;
  });
  if (stragglers.length > NAMED) shown.push(`${stragglers.length - NAMED} more`);
  return shown.join(', ');
}
