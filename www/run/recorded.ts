/** A run that was recorded, as the page shows it and as its file has it (docs/recorded-run-format.md). */

import type {
  Bias,
  Finished,
  LongestPath,
  PathBound,
  Pause,
  PollPolicy,
  Program,
  Reason,
  ReasonStats,
  RunEvent,
  Stats,
} from './types.ts';

export interface RecordedRun {
  /** What the program was called where it ran. */
  title: string;
  /** When the run began, milliseconds since 1970. */
  begun: number;
  /** What the browser says of itself. */
  browser: string;
  cores: number;
  /** Step of the clock, microseconds. */
  clockStep: number;
  /** Without its listing where that is left out. */
  program: Program;
  workers: number;
  /** Under which it ran. */
  policy: PollPolicy;
  /** Longest paths without a poll under it. */
  bounds: PathBound[];
  /** The longest that a worker went; null where not measured. */
  longest: (LongestPath & { worker: number }) | null;
  how: HowItEnded;
  /** What it returned and how it trapped; null where it did neither. */
  result: string | null;
  trap: Finished['trap'];
  /** How often each poll site polled, by its number; null where not counted. */
  hits: number[] | null;
  /** What was printed, the last part of it. */
  output: string;
  stats: Stats;
  /** What each worker has done in all; empty where that is not known. */
  totals: { instructions: number; polls: number }[];
  /** The pause to begin with, if any. */
  selected: number | null;
  /** Whether it is no more than what happened around that pause. */
  excerpt: boolean;
  /** Oldest first; one that held the world comes last, and is not whole. */
  pauses: Pause[];
  /** By time. */
  events: RunEvent[];
  missing: Missing;
}

/** `running`: it ran on. `stopped`: by hand. `finished`: by itself. `failed`: a worker crashed. */
type HowItEnded = 'running' | 'stopped' | 'finished' | 'failed';

/** How much was left out. */
interface Missing {
  events: number;
  pauses: number;
  /** Tasks of the debugger's pauses. */
  tasks: number;
  /** Of the output. */
  characters: number;
  /** Rows of the listing. */
  instructions: number;
}

/** What is in the file. Lists of one object are columns of one table, and equally long. */
export interface RecordedFile {
  format: string;
  version: number;
  title: string;
  begun: number;
  browser: string;
  cores: number;
  clock_step: number;
  workers: number;
  policy: PollPolicy;
  bounds: PathBound[];
  longest: (LongestPath & { worker: number }) | null;
  hits: number[] | null;
  program: {
    name: string;
    source: string;
    policy: PollPolicy;
    size: number;
    functions: string[];
    bounds: Program['bounds'];
    listing: Record<string, unknown[]>;
  };
  end: { how: HowItEnded; result: string | null; trap: Finished['trap'] };
  output: string;
  /** Of the reasons that there were pauses for. */
  stats: Partial<Record<Reason, ReasonStats>> & { bias?: Bias };
  totals: { instructions: number[]; polls: number[] };
  selected: number | null;
  excerpt: boolean;
  missing: Missing;
  sites: unknown[];
  pauses: unknown[];
  events: Record<string, (number | string)[]>;
}
