/** What the debugger is asked for and tells: tasks that stand still, objects, breakpoints and steps. */
import type { Site } from './types.ts';

/** A task as it stands in the stopped world. */
export interface Task {
  id: number;
  /** `running`, `runnable`, `awaiting`, `sleeping`, `locking`, `finished`, `trapped`. */
  state: string;
  worker: number | null;
  /** Tasks that wait for each other for ever, this one first; empty if it is in no such circle. */
  circle: number[];
  /** How many tasks the circle has; `circle` names the first of them. */
  circleLength?: number | null;
  /** How often it was given a worker. */
  turns?: number | null;
  /** How long it had been ready when it was given one last, microseconds. */
  readyToRunning?: number | null;
  /** The longest of these times. */
  longestReadyToRunning?: number | null;
  /** What it waits for, in words. */
  waiting: string | null;
  /**
   * Where its worker stopped, as in the pause's arrivals, if it goes on elsewhere: a jump backwards that polled is
   * taken, and the innermost frame is at its target.
   */
  stopped?: Site | null;
  /** Innermost first: of a deep stack those at both ends, of very many tasks the innermost alone. */
  frames: Frame[];
  /** How many are left out of `frames`. */
  framesOmitted?: number | null;
}

/** A call that has not returned. */
export interface Frame {
  function: string;
  instruction: number;
  offset: number;
  line: number | null;
  locals: Named[];
  /** Top last. */
  operands: { value: string; object: number | null }[];
}

/** A local, field or element. */
export interface Named {
  name: string;
  value: string;
  /** What the value refers to, for `object()`; null if it is no reference. */
  object: number | null;
}

/** Who stopped for the debugger, where and why. */
export interface Halt {
  worker: number;
  task: number;
  function: string;
  /** The instruction that comes next. */
  instruction: number;
  offset: number;
  line: number | null;
  why: 'breakpoint' | 'trap';
  /** Number of the breakpoint, and how often tasks came there. */
  breakpoint: number | null;
  hits: number | null;
  /** All of it in words. */
  text: string;
}

/** Either a line, or a function and an instruction. */
export interface BreakpointOptions {
  /** Source line, from 1; or the function's name and the instruction's index in it. */
  line?: number;
  /** With a line: the first statement at this column, from 1 and in characters, or behind it. */
  column?: number;
  /** By its name. */
  function?: string;
  /** Index in the function, from 0. */
  instruction?: number;
  /** Stop only if this holds: comparisons and arithmetic over locals, globals, `hits` and literals. */
  condition?: string;
  /** Stop from this hit on; a hit is each time that a task comes there. */
  hits?: number;
  /**
   * That of the breakpoint whose place this one takes: of the loaded program, or of the program before, whose
   * run may still have it; then both go together.
   */
  id?: number;
}

/** Where, and under which condition, tasks stop the world. */
export interface Breakpoint {
  id: number;
  /** The line that was asked for, and the next one with code, where it is. */
  asked: number | null;
  line: number | null;
  /** The column of its statement; null where it is at a whole line. */
  column?: number | null;
  places: { function: string; instruction: number; offset: number }[];
  condition: string | null;
  hits: number;
  /** How often tasks came there in this run. */
  count: number;
}

/**
 * How far a step goes: until the next statement, into a call or over it; out of the function; or one instruction. In
 * assembler each instruction is a statement.
 */
export type StepKind = 'into' | 'over' | 'out' | 'instruction';

/** How a step ended. */
export interface Step {
  /** Instructions executed. */
  instructions: number;
  /** `moved`, or why the task stands where it does. */
  end: 'moved' | 'breakpoint' | 'waits' | 'returns' | 'traps' | 'unfinished' | 'over';
  /** That in words. */
  message: string;
  /** The task afterwards. */
  task: Task | null;
}

/** An object of the heap. */
export interface HeapObject {
  object: number;
  /** A list is an array that grows. */
  kind: 'object' | 'array' | 'list' | 'string' | 'mutex' | 'task';
  text: string;
  /** Bytes that it takes. */
  bytes: number;
  /** Fields, elements or characters. */
  length: number;
  /** Number of the first entry listed; at most a thousand are. */
  from: number;
  entries: Named[];
  /** The first ten thousand characters of a string. */
  characters: string | null;
  /** What refers to it, the first hundred. */
  holders: { text: string; object: number | null }[];
  holders_omitted: number;
}
