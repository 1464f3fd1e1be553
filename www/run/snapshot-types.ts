/** What a snapshot's file tells of itself. */
import type { PollPolicy } from './types.ts';

/** What is in a snapshot. */
export interface SnapshotDescription {
  /** Of the file's format. */
  version: number;
  /** Bytes of the file. */
  size: number;
  /** When it was made, in milliseconds since 1970; 0 when unknown. */
  made: number;
  /** What the program calls itself. */
  program: string;
  /** Whether the program's text is in it. */
  source: boolean;
  workers: number;
  policy: PollPolicy;
  /** Limit of the heap in bytes. */
  heap: number;
  /** Bytes that its objects take. */
  used: number;
  objects: number;
  /** Tasks that have not ended; of very many the first thousand. */
  tasks: SnapshotTask[];
  /** How many tasks have not ended. */
  task_count: number;
  /** Bytes printed so far. */
  printed: number;
  /** What was printed, the last part of it. */
  output: string;
}

/** A task in a snapshot. */
interface SnapshotTask {
  id: number;
  /** The function it began with. */
  name: string;
  state: 'runnable' | 'blocked' | 'sleeping' | 'awaiting' | 'locking';
  /** What it waits for, in words. */
  waiting: string | null;
  /** Where it stands. */
  function: string;
  instruction: number;
  /** Source line, from 1. */
  line: number | null;
  frames: number;
}
