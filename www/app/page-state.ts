/** What the page's state is made of, and what it is at the start. */
import { Recording } from '../run/recording.ts';
import type {
  Compiled,
  Breakpoint,
  Diagnostic,
  Example,
  Finished,
  LongestPath,
  PathBound,
  PollPolicy,
  Program,
  Reason,
  Schedule,
  Task,
} from '../run/types.ts';
import type { Phase } from '../run/phases.ts';
import type { RecordedRun } from '../run/recorded.ts';
import type { Run, RunSummary } from '../run/run-summary.ts';
import type { Range } from './viewport.ts';
import type { Brought } from './brought.ts';
import type { Loan } from './settings.ts';
import type { Watched } from './watched-object.ts';

export { isLive } from '../run/phases.ts';

/** What the user is about: it decides what stands around lanes and program. */
export const JOBS = ['learn', 'try', 'debug', 'compare', 'famous'] as const;
export type Job = (typeof JOBS)[number];

/** What stands beside the program: the id of a section with a tab. */
export type Detail = string;

type Notice = { message: string; advice: string };
/** a program of the user's that another took the place of */
export type Kept = { title: string; source: string };
export type Automatic = { enabled: boolean; everyMs: number; reason: Reason };
export type Timeouts = { mode: 'for-ever' | 'warn' | 'give-up'; warnMs: number; deadlineMs: number };

export interface Draft {
  /** of the breakpoint that was to be changed; null for one that could not be set */
  id: number | null;
  line: number;
  condition: string;
  hits: number;
  /** what was wrong */
  message: string;
}

export interface Stepped {
  /** id of the pause in which it was */
  pause: number;
  /** that was stepped */
  task: number;
  /** as they stand now */
  tasks: Task[];
  /** how the last step ended, or what else was done */
  message: string;
}

interface Replay {
  recorded: RecordedRun;
  /** this machine's, for when it is over */
  here: { step: number; cores: number };
}

export interface PageState {
  /** the lab's phase; only `follow` sets it */
  status: Phase;
  job: Job;
  /** name of the famous pause that is open; null: their list is */
  famous: string | null;
  /** what is shown beside the program */
  detail: Detail;
  /** what the job of comparing shows */
  compared: 'turns' | 'kept' | 'stops';
  /** what the world is being stopped for, or is stopped for */
  reason: Reason | null;
  /** what went wrong last */
  notice: Notice | null;
  examples: Example[];
  /** index of the chosen example, -1 for a program of the user's own */
  example: number;
  /** name of the program */
  title: string;
  /** newest first */
  kept: Kept[];
  /** the program that is loaded */
  program: Program | null;
  /** the program that a script has started last */
  adopted: Program | null;
  /** what is being read, to become the program that is loaded */
  reading: string | Uint8Array | null;
  /** of the text in the editor */
  errors: Diagnostic[];
  /** of the text in the editor: it can run all the same */
  warnings: Diagnostic[];
  /** of the loaded program */
  breakpoints: Breakpoint[];
  /** what was typed for breakpoints and refused */
  drafts: Draft[];
  /** whether the world stops when a task is about to trap */
  breakOnTrap: boolean;
  /** the tasks since the world stopped, as steps have left them */
  stepped: Stepped | null;
  /** the object that is watched */
  watched: Watched | null;
  /** wanted at the next run */
  workers: number;
  /** wanted at the next run; null: the program's own */
  policy: PollPolicy | null;
  /** whether polls are counted in the next run, for the figures beside the text */
  counted: boolean;
  /** whether what is hot in the next run is compiled */
  compile: boolean;
  /** what of `run` is compiled; null: nothing */
  compiled: Compiled | null;
  /** whether the page has asked for the run that is about to begin */
  starting: boolean;
  /** what runs or ran last */
  run: Run | null;
  /**
   * the loaded program's longest paths without a poll where it is to poll at the
   * next run; null while not known
   */
  bounds: PathBound[] | null;
  /** the longest path that `run` was seen to go */
  longest: (LongestPath & { worker: number }) | null;
  /** how often each poll site of `run` has polled, by its number */
  hits: ArrayLike<number> | null;
  /** whether a button keeps the world stopped until Resume */
  keepStopped: boolean;
  /** the settings that came with the program; null where they are the user's own */
  lent: Loan | null;
  automatic: Automatic;
  timeouts: Timeouts;
  /** what is known of the run */
  recording: Recording;
  /** workers that a pause which is under way still waits for */
  awaited: number;
  /**
   * what the workers do now, or did when the program ended;
   * null where that is not known
   */
  schedule: Schedule | null;
  /** id of the pause that is looked at */
  selected: number | null;
  /** of the timeline */
  view: 'live' | 'pause' | 'range';
  /** what the live view shows, microseconds */
  span: number;
  /** what the view of a stretch shows */
  range: Range;
  /** a stretch that is being marked on the timeline, its ends in whatever order */
  marked: Range | null;
  /** whose percentiles were chosen by hand, and of which run: another run has not been asked about */
  figuresOf: { reason: Reason; recording: Recording } | null;
  finished: Finished | null;
  /** the lesson that was brought from elsewhere */
  brought: Brought | null;
  /** id of the lesson that is open */
  lessonOpen: string | null;
  /** the program that it begins with */
  lessonProgram: string | null;
  /** the recorded run that is shown in place of a live one */
  replay: Replay | null;
  /** why nothing can run here */
  cannot: Notice | null;
  /** what is measured by turns, and how; null while nothing is */
  measuring: [headline: string, more: string] | null;
  /** that were kept to be compared */
  runs: RunSummary[];
  /** of the clock, microseconds */
  step: number;
  /** of the machine */
  cores: number;
  /** whether another version of the page is ready to be loaded */
  updated: boolean;
  /** what the screen reader hears */
  spoken: string;
}

/** Least and most that the live view shows, microseconds. */
export const SPANS = { least: 0.125e6, most: 4 * 3600e6 };

export function initialState(cores: number): PageState {
  const workers = Math.min(4, Math.max(1, cores * 2));
  return {
    status: 'loading',
    job: 'try',
    famous: null,
    detail: 'pause',
    compared: 'turns',
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
    watched: null,
    workers,
    policy: null,
    counted: true,
    compile: true,
    compiled: null,
    starting: false,
    run: null,
    hits: null,
    bounds: null,
    longest: null,
    keepStopped: true,
    lent: null,
    automatic: { enabled: false, everyMs: 250, reason: 'gc' },
    timeouts: { mode: 'for-ever', warnMs: 50, deadlineMs: 1000 },
    recording: new Recording(workers),
    awaited: 0,
    schedule: null,
    selected: null,
    view: 'live',
    span: 4e6,
    range: { from: 0, to: 4e6 },
    marked: null,
    figuresOf: null,
    finished: null,
    brought: null,
    lessonOpen: null,
    lessonProgram: null,
    replay: null,
    cannot: null,
    measuring: null,
    runs: [],
    step: 5,
    cores,
    updated: false,
    spoken: '',
  };
}

/** Whether what is known of the run is about the program that is loaded: read anew, the same text is the same. */
export function isOfRun({ run, program }: Pick<PageState, 'run' | 'program'>) {
  if (!run?.program || !program) return false;
  return run.program === program || run.program.source === program.source;
}
