/** What the page's state is made of, and what it is at the start. */
import { Recording } from '../data/recording.js';

/** @typedef {import('../engine/types.js').Pause} Pause */
/** @typedef {import('../engine/types.js').Program} Program */
/** @typedef {import('../engine/types.js').Diagnostic} Diagnostic */
/** @typedef {import('../engine/types.js').PollPolicy} PollPolicy */
/** @typedef {import('../engine/types.js').Reason} Reason */
/** @typedef {import('../engine/types.js').PathBound} PathBound */
/** @typedef {import('../engine/types.js').LongestPath} LongestPath */
/** @typedef {import('../engine/types.js').Breakpoint} Breakpoint */
/** @typedef {import('../engine/types.js').Task} Task */
/** @typedef {import('../engine/types.js').Finished} Finished */
/** @typedef {import('../engine/types.js').Example} Example */

/**
 * `loading`: the engine starts. `empty`: no program that can run. `ready`: a program, not running.
 * `starting`: workers start. `stopping`: a pause waits for a worker. `stopped`: the world stands still.
 * `ending`: the program is being stopped. `failed`: the engine cannot work here.
 *
 * @typedef {'loading' | 'empty' | 'ready' | 'starting' | 'running' | 'stopping' | 'stopped' | 'ending' | 'finished' | 'failed'} Status
 */

/** @typedef {{ message: string, advice: string }} Notice */
/** @typedef {{ title: string, source: string }} Kept a program of the user's that another took the place of */
/** @typedef {{ enabled: boolean, everyMs: number, reason: Reason }} Automatic */
/** @typedef {{ mode: 'for-ever' | 'warn' | 'give-up', warnMs: number, deadlineMs: number }} Timeouts */

/**
 * @typedef {object} Draft
 * @property {number | null} id of the breakpoint that was to be changed; null for one that could not be set
 * @property {number} line
 * @property {string} condition
 * @property {number} hits
 * @property {string} message what was wrong
 *
 * @typedef {object} Stepped
 * @property {number} pause id of the pause in which it was
 * @property {number} task that was stepped
 * @property {Task[]} tasks as they stand now
 * @property {string} message how the last step ended, or what else was done
 *
 * @typedef {object} Replay
 * @property {import('../engine/recorded.js').RecordedRun} recorded
 * @property {{ step: number, cores: number }} here this machine's, for when it is over
 *
 * @typedef {object} PageState
 * @property {Status} status
 * @property {Reason | null} reason what the world is being stopped for, or is stopped for
 * @property {Notice | null} notice what went wrong last
 * @property {Example[]} examples
 * @property {number} example index of the chosen example, -1 for a program of the user's own
 * @property {string} title name of the program
 * @property {Kept[]} kept newest first
 * @property {Program | null} program the program that is loaded
 * @property {Program | null} adopted the program that a script has started last
 * @property {string | Uint8Array | null} reading what is being read, to become the program that is loaded
 * @property {Diagnostic[]} errors of the text in the editor
 * @property {Diagnostic[]} warnings of the text in the editor: it can run all the same
 * @property {Breakpoint[]} breakpoints of the loaded program
 * @property {Draft[]} drafts what was typed for breakpoints and refused
 * @property {boolean} breakOnTrap whether the world stops when a task is about to trap
 * @property {Stepped | null} stepped the tasks since the world stopped, as steps have left them
 * @property {number} workers wanted at the next run
 * @property {PollPolicy | null} policy wanted at the next run; null: the program's own
 * @property {boolean} counted whether polls are counted in the next run, for the figures beside the text
 * @property {boolean} starting whether the page has asked for the run that is about to begin
 * @property {import('../data/run-summary.js').Run | null} run what runs or ran last
 * @property {PathBound[] | null} bounds the loaded program's longest paths without a poll where it is to poll at the
 *   next run; null while not known
 * @property {(LongestPath & { worker: number }) | null} longest the longest path that `run` was seen to go
 * @property {ArrayLike<number> | null} hits how often each poll site of `run` has polled, by its number
 * @property {boolean} keepStopped whether a button keeps the world stopped until Resume
 * @property {Automatic} automatic
 * @property {Timeouts} timeouts
 * @property {Recording} recording what is known of the run
 * @property {number} recorded raised whenever the pauses of the recording changed
 * @property {number} resumed raised whenever a worker is known to have run again after a pause
 * @property {number} awaited workers that a pause which is under way still waits for
 * @property {import('../engine/types.js').Schedule | null} schedule what the workers do now, or did when the program ended;
 *   null where that is not known
 * @property {number | null} selected id of the pause that is looked at
 * @property {'live' | 'pause' | 'range'} view of the timeline
 * @property {number} span what the live view shows, microseconds
 * @property {import('./viewport.js').Range} range what the view of a stretch shows
 * @property {Reason} shown whose percentiles are shown
 * @property {Finished | null} finished
 * @property {Replay | null} replay the recorded run that is shown in place of a live one
 * @property {Notice | null} cannot why nothing can run here
 * @property {import('../data/run-summary.js').RunSummary[]} runs that were kept to be compared
 * @property {number} step of the clock, microseconds
 * @property {number} cores of the machine
 * @property {boolean} updated whether another version of the page is ready to be loaded
 * @property {string} spoken what the screen reader hears
 */

/** Least and most that the live view shows, microseconds. */
export const SPANS = { least: 0.125e6, most: 4 * 3600e6 };

/** Most workers an engine can have. */
export { MAX_WORKERS } from '../engine/memory-plan.js';

/**
 * @param {number} cores
 * @returns {PageState}
 */
export function initialState(cores) {
  const workers = Math.min(4, Math.max(1, cores * 2));
  return {
    status: 'loading',
    reason: null,
    notice: null,
    examples: [],
    example: -1,
    title: '',
    kept: [],
    program: null,
    adopted: null,
    reading: null,
    errors: [],
    warnings: [],
    breakpoints: [],
    drafts: [],
    breakOnTrap: false,
    stepped: null,
    workers,
    policy: null,
    counted: true,
    starting: false,
    run: null,
    hits: null,
    bounds: null,
    longest: null,
    keepStopped: true,
    automatic: { enabled: false, everyMs: 250, reason: 'gc' },
    timeouts: { mode: 'for-ever', warnMs: 50, deadlineMs: 1000 },
    recording: new Recording(workers),
    recorded: 0,
    resumed: 0,
    awaited: 0,
    schedule: null,
    selected: null,
    view: 'live',
    span: 4e6,
    range: { from: 0, to: 4e6 },
    shown: 'gc',
    finished: null,
    replay: null,
    cannot: null,
    runs: [],
    step: 5,
    cores,
    updated: false,
    spoken: '',
  };
}

/**
 * Whether what is known of the run is about the program that is loaded: read anew, the same text is the same.
 *
 * @param {Pick<PageState, 'run' | 'program'>} state
 */
export function isOfRun({ run, program }) {
  if (!run?.program || !program) return false;
  return run.program === program || run.program.source === program.source;
}

/** Whether a program runs, whatever it is doing. @param {Status} status */
export function isLive(status) {
  return (
    status === 'starting' ||
    status === 'running' ||
    status === 'stopping' ||
    status === 'stopped' ||
    status === 'ending'
  );
}
