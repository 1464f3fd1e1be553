/** The lessons: what each says, asks for, and takes for done. Only what has happened counts. */
import { bytes, count, duration, plural } from '../words/format.ts';
import { TELLABLE } from '../run/run-summary.ts';
import type { Lesson, Seen } from './types.ts';
import type { Pause } from '../run/types.ts';

/** Pauses that a worker must have been last in before it is said to be the late one. */
const ENOUGH = 3;
/** A shorter wait in vain may have been a slip of the finger, microseconds. */
const IN_VAIN = 1e6;
/** A rate over a shorter time is chance, microseconds. */
const MEASURED = 1e6;
/** Turns without a poll that make a difference. */
const SPARSE = 100;
/** What the program of the snapshot has to end with. */
export const TURNS = '1200';
export const RESTORED_WORKERS = 2;

const done = (text: string): Seen => ({ done: true, text });
const notYet = (text: string): Seen => ({ done: false, text });

/** A pause that the reader requested. */
const asked = (pause: Pause) => pause.by === 'page';

const others = (pause: Pause) => plural(pause.arrivals.length - 1, 'other worker');

const allWorkers = ({ arrivals: { length } }: Pause) =>
  ['No worker', 'The only worker', 'Both workers'][length] ?? `All ${length} workers`;

export const LESSONS: Lesson[] = [
  {
    id: 'safepoint',
    title: 'What a safepoint is',
    text: [
      'Sometimes a virtual machine needs all its threads to stand still, for example to look for memory that is no longer used. It cannot stop them just anywhere: a thread might be in the middle of something. So each thread, here called a worker, checks at certain places whether it should stop. This check is a [poll]; a place where a worker can stop is a [safepoint].',
    ],
    task: 'Press GC (garbage collection). The lanes on the timeline stop one after the other.',
    program: 'Busy loops',
    see(event, _memory, step) {
      if (event.kind !== 'pause' || !asked(event.pause) || event.pause.reason !== 'gc') return null;
      const { pause } = event;
      const polled = pause.arrivals.filter(({ safe, site }) => !safe && site?.line);
      if (polled.length === 0) return null;
      const lines = [...new Set(polled.map(({ site }) => site?.line))].sort((a, b) => Number(a) - Number(b));
      const where = `line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}`;
      return done(
        `${allWorkers(pause)} stood still ${duration(pause.ttsp, step)} after they were asked to stop: ${polled.length} of them at a poll in ${where}. Nothing runs until you press Resume.`,
      );
    },
  },
  {
    id: 'late',
    title: 'Who is late',
    text: [
      'The world is stopped when the last worker has stopped. All others stand still until then and get nothing done. The time until then is the [time to safepoint], and the last worker is the [straggler].',
      'Here three tasks poll at every turn. The fourth copies an array of a million elements in one instruction.',
    ],
    task: `Press GC and Resume, ${ENOUGH} times. Look which worker is last, and where.`,
    program: 'A long copy',
    see(event, memory, step) {
      if (event.kind === 'run') memory.late = [];
      if (event.kind !== 'pause' || !asked(event.pause)) return null;
      const { pause } = event;
      const [last] = pause.stragglers;
      if (last?.site?.kind !== 'bulk')
        return notYet('This time no worker was in the middle of a copy. Press Resume, then GC again.');
      memory.late = [...(memory.late ?? []), pause];
      const late = memory.late as Pause[];
      if (late.length < ENOUGH) return notYet(`${late.length} of ${ENOUGH}: ${pause.sentence}`);
      const longest = Math.max(...late.map(({ ttsp }) => ttsp));
      const wasted = late.reduce((sum, one) => sum + one.wasted, 0);
      return done(
        `${late.length} times the other workers waited for the copy (${last.site.text}), up to ${duration(longest, step)}. In these pauses they lost ${duration(wasted, step)} of work together.`,
      );
    },
  },
  {
    id: 'no-poll',
    title: 'The loop without a poll',
    text: [
      'A loop in which nothing polls cannot be stopped from outside. It does nothing expensive: it only never checks. Compilers leave out polls to make programs faster, and this is the price.',
      'In this program three tasks poll when they call a function. The fourth one only jumps back, and jumps do not poll here.',
    ],
    task: 'Press GC, and watch for a second or two which worker does not arrive. Then press Resume to take the request back.',
    program: 'one-loop-without-a-poll',
    see(event, _memory, step) {
      if (event.kind !== 'in-vain') return null;
      const { waited, absent, workers, program } = event;
      const endless = program.bounds.find(({ instructions }) => instructions === null);
      if (absent === 0 || !endless) return null;
      if (waited < IN_VAIN) return notYet('That was quick. Press GC again, and wait for a second at least.');
      const line = endless.line === null ? '' : `, line ${endless.line}`;
      return done(
        `For ${duration(waited, step)} ${workers - absent} of ${plural(workers, 'worker')} stood still for nothing: ${absent === 1 ? 'one' : absent} never arrived. The program shows this before it runs: the longest path without a poll is unbounded in ${endless.function}${line}.`,
      );
    },
  },
  {
    id: 'blocked',
    title: 'Blocked is not running',
    text: [
      'A worker that waits for a file or for the network cannot poll. A pause need not wait for it if the worker says before: "I touch nothing of the machine until I am back." That is a [safe region]. A worker in it counts as stopped, and cannot leave it before the pause is over.',
      'Here two tasks block for half a second at a time.',
    ],
    task: 'Press GC. The pause does not wait for the blocked workers.',
    program: 'Blocked inside a safe region',
    see(event, _memory, step) {
      if (event.kind !== 'pause' || !asked(event.pause)) return null;
      const { pause } = event;
      const away = pause.arrivals.filter(({ standing }) => standing === 'blocked');
      if (away.length === 0) return notYet('Just now no worker was blocked. Press Resume, then GC again.');
      const who = away.map(({ worker }) => `worker ${worker}`).join(' and ');
      return done(
        `The world stood still after ${duration(pause.ttsp, step)}, although ${who} ${away.length === 1 ? 'was' : 'were'} blocked for up to 500 ms (${away[0]?.site?.text}). Blocked inside a safe region counts as stopped.`,
      );
    },
  },
  {
    id: 'collection',
    title: 'A collection',
    text: [
      'Programs make objects and forget them. A garbage collection finds the objects that can still be reached (it marks them) and takes back the rest (it sweeps). While it looks, no worker may change a reference: this is why the world is stopped.',
    ],
    task: 'Press GC, and compare the heap before and after.',
    program: 'A list that stays',
    see(event, _memory, step) {
      if (event.kind !== 'pause' || !asked(event.pause)) return null;
      const { outcome } = event.pause;
      if (outcome?.kind !== 'gc') return null;
      if (outcome.freed_objects === 0)
        return notYet('Nothing was garbage just now. Press Resume, wait a moment, then press GC again.');
      return done(
        `Before: ${bytes(outcome.before)} in ${count(outcome.objects)} objects. After: ${bytes(outcome.after)} in ${count(outcome.live_objects)}. ${count(outcome.freed_objects)} objects were garbage. Marking took ${duration(outcome.mark, step)}, sweeping ${duration(outcome.sweep, step)}; during that time the program did not run.`,
      );
    },
  },
  {
    id: 'snapshot',
    title: 'A snapshot is a consistent cut',
    text: [
      'While all workers stand still, the whole state can be written down: every task with its stack, every object, every mutex with the task that holds it. Nothing is half done in it, so the program can go on from there, also with other workers.',
      `This program counts its turns and has to end with ${TURNS}. If the snapshot lost a turn or had one twice, it would end with another number.`,
    ],
    task: 'Press Snapshot while it runs. (If it has ended, press Run first.) Then go on from the snapshot and wait for the end.',
    program: 'counted-turns',
    action: {
      label: `Go on from the snapshot with ${plural(RESTORED_WORKERS, 'worker')}`,
      does: 'restore',
      ready: (memory) => memory.bytes !== undefined,
    },
    see(event, memory) {
      switch (event.kind) {
        case 'run':
          memory.restored = false;
          return null;
        case 'pause':
          return asked(event.pause) && event.pause.reason === 'snapshot' && event.pause.total !== null
            ? notYet('The snapshot is gone: tick "keep stopped", then press Snapshot again.')
            : null;
        case 'snapshot': {
          const { description } = event;
          Object.assign(memory, {
            bytes: event.bytes,
            size: event.bytes.length,
            tasks: description.task_count,
          });
          return notYet(
            `The snapshot is taken: ${bytes(event.bytes.length)} with ${plural(description.task_count, 'task')} and ${plural(description.objects, 'object')}. Now go on from it: the stopped program is given up.`,
          );
        }
        case 'restored':
          memory.restored = true;
          return notYet(
            `Going on from the snapshot with ${plural(event.workers, 'worker')}. Wait for the end.`,
          );
        case 'finished': {
          const { result, trap } = event.finished;
          if (trap || result === null) return null;
          if (!memory.restored)
            return notYet(`It ended with ${result}, without a snapshot. Press Run, then Snapshot.`);
          if (result !== TURNS)
            return notYet(`It ended with ${result} and not with ${TURNS}: that is a mistake in the lab.`);
          return done(
            `It ended with ${result}. The snapshot of ${bytes(memory.size)} held ${plural(memory.tasks, 'task')} in the middle of their work; no turn was lost and none was counted twice.`,
          );
        }
        default:
          return null;
      }
    },
  },
  {
    id: 'breakpoint',
    title: 'A breakpoint stops all workers',
    text: [
      'A debugger uses the same mechanism. A worker that comes to a breakpoint stops there and asks all others to stop, so that you see one moment of the whole program.',
    ],
    task: 'Click on line number 20 in the program while it runs (or put the text cursor there and press F9).',
    program: 'Busy loops',
    see(event, _memory, step) {
      if (event.kind !== 'pause' || event.pause.halt?.why !== 'breakpoint') return null;
      const { pause } = event;
      const { halt } = event.pause;
      const line = halt.line === null ? halt.function : `line ${halt.line}`;
      return done(
        `Worker ${halt.worker} came to ${line} with task ${halt.task} and stopped. ${others(pause)} stopped within ${duration(pause.ttsp, step)}, wherever they were. Step one task alone below the timeline, or click the line again and press Resume.`,
      );
    },
  },
  {
    id: 'cost',
    title: 'What a poll costs',
    text: [
      'A poll is one read of memory and one jump that is hardly ever taken. In a tight loop even that has a visible cost. With fewer polls the loop is faster, but a pause waits longer. Usually the page also counts every poll, for the figures beside the text, which costs more; in this lesson it does not.',
    ],
    task: `Let it run for a second, press GC, then Resume. Open "Run settings", set "one back-edge in" to 1000, press Run, and do the same again.`,
    program: 'Busy loops',
    uncounted: true,
    see(event, memory, step) {
      memory.runs ??= {};
      if (event.kind === 'run') {
        const { back_edges: polls, every } = event.policy;
        memory.every = polls && !event.counted ? every : null;
        return event.counted
          ? notYet(
              'The polls of this run are counted. Press "Run its program", or untick "count the polls" under "Run settings" and press Run.',
            )
          : null;
      }
      if (event.kind !== 'pause' || !asked(event.pause) || !memory.every) return null;
      const { pause, ran } = event;
      if (ran < MEASURED)
        return notYet('It ran for less than a second. Press Resume, wait, then press GC again.');
      const instructions = pause.arrivals.reduce((sum, one) => sum + one.instructions, 0);
      const rate = instructions / (ran / 1e6);
      const which = memory.every === 1 ? 'often' : memory.every >= SPARSE ? 'seldom' : null;
      if (!which) return notYet(`With one poll in ${memory.every} turns there is little to see. Take 1000.`);
      memory.runs[which] = { rate, ttsp: pause.ttsp, every: memory.every };
      const { often, seldom } = memory.runs;
      const said = `${count(rate)} instructions a second, and the pause came after ${duration(pause.ttsp, step)}`;
      if (!often) return notYet(`With one poll in ${memory.every} turns: ${said}. Now the same with 1.`);
      if (!seldom)
        return notYet(
          `With a poll at every turn: ${said}. Now set "one back-edge in" to 1000 and press Run.`,
        );
      const gain = seldom.rate / often.rate - 1;
      const verdict =
        gain / (1 + gain) >= TELLABLE
          ? `So here the polls cost ${Math.round((gain / (1 + gain)) * 100)} % of the work.`
          : `So here the two cannot be told apart: two runs differ by up to ${TELLABLE * 100} % anyway.`;
      return done(
        `With a poll at every turn: ${count(often.rate)} instructions a second, stopped after ${duration(often.ttsp, step)}. With one in ${seldom.every}: ${count(seldom.rate)} a second, stopped after ${duration(seldom.ttsp, step)}. ${verdict} One pause each is little: repeat it to be sure.`,
      );
    },
  },
  {
    id: 'wrong',
    title: 'How the protocol can go wrong',
    text: [
      'It looks simple: the requester sets a flag, every worker that sees it waits for the others at a barrier, and the requester goes on when all are counted in. This is that protocol, written in JavaScript and run in two worker threads of its own. It is not the protocol of the lab, and its threads run no bytecode.',
      'The mistake: the barrier opens when the last worker has come, and not when the operation is done. Below you can go through it step by step, and also through the protocol of this lab with one line changed.',
    ],
    task: 'Run it, and see what the workers do in the world that the requester takes for stopped.',
    program: null,
    stepped: true,
    action: { label: 'Run the broken protocol', does: 'break-protocol', ready: () => true },
    see(event) {
      if (event.kind !== 'observed') return null;
      const { workers, sawAll, steps, held, safepoints } = event.observed;
      const often = `One request was counted as ${plural(safepoints, 'stop').replace(/\d+/, count(safepoints))} where ${workers} would be right`;
      if (sawAll && steps > 0)
        return done(
          `The requester saw all ${workers} workers at the barrier and took the world for stopped. In the next ${duration(held, 1000)} they made ${count(steps)} steps. ${often}. Press GC in any program here: the instruction counts stand still.`,
        );
      if (!sawAll && safepoints > workers)
        return done(
          `The requester never saw all ${workers} workers at the barrier at once: the count it waits for was only passing through. ${often}. Run it again to see another way in which it fails.`,
        );
      return notYet('This time it happened to work. That makes such mistakes hard to find. Run it again.');
    },
  },
];
