/**
 * What a lab is doing, one phase at a time, in the same words for the engine, the page and scripts (`lab.state`). The
 * table says what may follow what, and {@link Phases} is the only way from one to the next.
 */

/** What a lab is doing. */
export type Phase =
  /** The engine is being fetched and compiled. */
  | 'loading'
  /** There is no program that could run. */
  | 'empty'
  /** A program can run. */
  | 'ready'
  /** Its workers start. */
  | 'starting'
  /** The workers run. */
  | 'running'
  /** A stop that was asked for waits for a worker, or for its turn. */
  | 'stopping'
  /** The world stands still, held by a pause (`lab.held`). */
  | 'stopped'
  /** The program is being ended. */
  | 'ending'
  /** The last run was ended: by `stop()`, or because a worker crashed. */
  | 'ended'
  /** The last run came to its own end, also by a trap. */
  | 'finished'
  /** The engine could not start. */
  | 'failed'
  /** The lab was disposed of. */
  | 'disposed';

export type PhaseEvent =
  /** The engine can take a program. */
  | 'booted'
  /** It never will. */
  | 'broken'
  /** A program was loaded that can run. */
  | 'loaded'
  /** What was loaded cannot run. */
  | 'unloaded'
  /** A run was asked for. */
  | 'run'
  /** It could not begin. */
  | 'unable'
  /** Its program runs. */
  | 'began'
  /** A stop of the world was asked for. */
  | 'asked'
  /** A pause holds the world: the one asked for, or one of a worker at a breakpoint. */
  | 'held'
  /** No pause holds it any more, and none is asked for: it was resumed, or asked for in vain. */
  | 'released'
  /** The end of the run was asked for. */
  | 'stop'
  /** The program came to its end. */
  | 'finished'
  /** It was ended before. */
  | 'cut'
  /** A worker crashed. */
  | 'crashed'
  /** Nothing is asked of the lab any more. */
  | 'disposed';

type Row = Partial<Record<PhaseEvent, Phase>>;

const ALWAYS: Row = { disposed: 'disposed' };
/** Nothing runs. A snapshot brings its program with it, so a run may begin without one. */
const IDLE: Row = { ...ALWAYS, loaded: 'ready', unloaded: 'empty', run: 'starting' };
const OVER: Row = { ...ALWAYS, finished: 'finished', cut: 'ended', crashed: 'ended' };
const LIVE: Row = { ...OVER, asked: 'stopping', held: 'stopped', released: 'running', stop: 'ending' };

/** By phase and event, the phase that follows. What is not in it cannot happen. */
export const TRANSITIONS: Record<Phase, Row> = {
  loading: { ...ALWAYS, booted: 'empty', broken: 'failed' },
  empty: IDLE,
  ready: IDLE,
  starting: { ...ALWAYS, began: 'running', unable: 'ready', stop: 'ending' },
  running: LIVE,
  stopping: LIVE,
  stopped: LIVE,
  // What was under way when the end was asked for still comes, and changes nothing.
  ending: {
    ...OVER,
    ...{ began: 'ending', unable: 'ready' },
    ...{ asked: 'ending', held: 'ending', released: 'ending' },
  },
  ended: IDLE,
  finished: IDLE,
  failed: ALWAYS,
  disposed: {},
};

export class Phases {
  #now: Phase = 'loading';
  #tell;
  #refuse;

  /**
   * An event that cannot be is a mistake of the lab's own code. A test fails at it. On a page the phase stays as it is,
   * and the mistake is told: a run whose end could no longer be told would be the greater harm.
   *
   * @param tell hears of each change
   * @param refuse hears why an event was refused; left out, that is thrown
   */
  constructor(tell: (phase: Phase) => void, refuse: (reason: string) => void = thrown) {
    this.#tell = tell;
    this.#refuse = refuse;
  }

  get now(): Phase {
    return this.#now;
  }

  may(event: PhaseEvent): boolean {
    return TRANSITIONS[this.#now][event] !== undefined;
  }

  take(event: PhaseEvent) {
    const next = TRANSITIONS[this.#now][event];
    if (!next) this.#refuse(`"${event}" cannot happen while the lab is "${this.#now}".`);
    else if (next !== this.#now) this.#tell((this.#now = next));
  }
}

function thrown(reason: string) {
  throw new Error(reason);
}

/** Whether a program runs, whatever it is doing. */
export function isLive(phase: Phase): boolean {
  return phase === 'starting' || phase === 'ending' || isUnderWay(phase);
}

/** Whether a program runs that has begun and is not being ended. */
export function isUnderWay(phase: Phase): boolean {
  return TRANSITIONS[phase] === LIVE;
}

/** Whether there is an engine that takes programs. */
export function hasEngine(phase: Phase): boolean {
  return phase !== 'loading' && phase !== 'failed' && phase !== 'disposed';
}
