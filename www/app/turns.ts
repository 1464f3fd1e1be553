/** Runs the loaded program with its polls placed in several ways, by turns, and keeps the figures of each turn. */
import { EVERYWHERE } from '../run/policy.ts';
import { isAssembler } from '../run/language-of.ts';
import { measuringText } from '../words/turns-text.ts';
import { isLive } from './page-state.ts';
import type { RunSummary } from '../run/run-summary.ts';
import type { Placement, Turn } from '../run/turns.ts';
import type { Commands } from './commands.ts';
import type { PageState } from './page-state.ts';
import type { Store } from './store.ts';

/**
 * What is measured: polls everywhere, seldom, as few as a bound proves to be enough, as few as turn out to be enough while
 * it runs, and in no loop.
 */
export const PLACEMENTS: Placement[] = [
  { policy: EVERYWHERE, within: null },
  { policy: { ...EVERYWHERE, every: 1000 }, within: null },
  { policy: EVERYWHERE, within: 1000 },
  { policy: { ...EVERYWHERE, adapt: 100 }, within: null },
  { policy: { ...EVERYWHERE, back_edges: false }, within: null },
];
export const ROUNDS = 5;
/** How long a turn measures, milliseconds, and how often it requests a stop. */
export const TURN_MS = 2000;
export const EVERY_MS = 100;

const BREAKS = 'a breakpoint would stop what is measured; remove the breakpoints first, in Debug';
const ANOTHER = 'another run was started';

export interface Progress {
  turns: Turn[];
  isRunning: boolean;
  /** why it ended early; empty when it did not */
  ended: string;
}

/**
 * @param source the text in the editor
 * @param summary of the run that has just ended
 * @param part what is kept of its lanes: of the turns in the last round
 * @param tell hears after each turn
 * @param signal ends it
 * @returns all turns
 */
export async function byTurns(
  {
    store,
    commands,
    summary,
    part,
  }: {
    store: Store<PageState>;
    commands: Commands;
    summary: () => RunSummary | null;
    part: () => Promise<string | null>;
  },
  source: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Turn[]> {
  const { policy, counted, automatic, timeouts, keepStopped, workers } = store.state;
  const turns: Turn[] = [];
  if (store.state.breakpoints.length > 0) {
    // What runs now goes on, or stays stopped.
    tell({ turns, isRunning: false, ended: BREAKS });
    return turns;
  }
  let ended = '';
  /** the text that was run last */
  let ran = source;
  const saying = (placement: Placement, round: number) =>
    store.set({
      measuring: measuringText({ placement, round, rounds: ROUNDS, ms: TURN_MS, everyMs: EVERY_MS }),
    });
  store.set({ spoken: `Measuring ${PLACEMENTS.length} placements of polls by turns, ${ROUNDS} rounds.` });
  tell({ turns, isRunning: true, ended });
  try {
    await commands.setTimeouts({ mode: 'for-ever' });
    for (let round = 0; round < ROUNDS && !ended; round += 1)
      for (const [index, wanted] of PLACEMENTS.entries()) {
        ended = await turn(wanted, index, round);
        if (ended) break;
        tell({ turns: [...turns], isRunning: true, ended });
      }
  } finally {
    // A run that the user has started is the user's.
    if (ended !== ANOTHER && isLive(store.state.status)) await commands.stop();
    store.set({ policy, counted, keepStopped });
    // What the user has written or opened meanwhile stays.
    if (ended !== ANOTHER && commands.loaded === ran) await commands.load(source);
    await commands.setAutomatic(automatic);
    await commands.setTimeouts(timeouts);
    // What was said meanwhile was of the turns.
    const last = ended === ANOTHER ? {} : { selected: null, view: 'live' as const };
    store.set({ measuring: null, spoken: '', ...last });
    tell({ turns: [...turns], isRunning: false, ended });
  }
  return turns;

  /** The program's text with what keeps its polls that close: in its own such line, or in one behind all others. */
  function placed({ within }: Placement) {
    if (within === null) return source;
    const asm = isAssembler(source.split('\n'));
    const own = asm ? /^(\s*\.within\s+)\d+/m : /(@poll\s+within\s+)\d+/;
    if (own.test(source)) return source.replace(own, (_, before: string) => `${before}${within}`);
    return `${source}\n${asm ? '.within' : '// @poll within'} ${within}\n`;
  }

  /** Until no request is under way that is about to be answered: the end of the run would cut it off. */
  async function answered() {
    const last = new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    await Promise.race([commands.setAutomatic({ enabled: false }), last]);
  }

  /** @returns why it ended early; empty when it did not */
  async function turn(placement: Placement, index: number, round: number): Promise<string> {
    if (store.state.breakpoints.length > 0) return BREAKS;
    saying(placement, round);
    store.set({ workers, policy: placement.policy, counted: false, keepStopped: false });
    // Not while a run begins: what a stop waits for then is the beginning.
    await commands.setAutomatic({ enabled: false });
    ran = placed(placement);
    await commands.run(ran);
    const { run } = store.state;
    if (!isLive(store.state.status)) return 'the program does not run';
    await commands.setAutomatic({ enabled: true, everyMs: EVERY_MS, reason: 'gc' });
    await measured(signal);
    const { status } = store.state;
    if (signal.aborted) return 'it was stopped';
    if (store.state.run !== run) return ANOTHER;
    if (!isLive(status)) return 'the program ended before its turn was over; take one that goes on';
    await answered();
    // At its end all workers tell what they have done, also those that never poll.
    await commands.stop();
    const figures = summary();
    if (store.state.run !== run || !figures) return '';
    const lanes = round === ROUNDS - 1 ? await part() : null;
    turns.push({ policy: index, round, summary: lanes === null ? figures : { ...figures, part: lanes } });
    return '';
  }
}

/** The time that a turn takes, or less when it is ended. */
function measured(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, TURN_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
